package dev.pgbackup.contract.http;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.pgbackup.contract.ContractException;
import dev.pgbackup.contract.ContractJson;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A short-lived right to call what changes something: a JSON Web Token, signed with Ed25519 ({@code
 * alg: EdDSA}).
 *
 * @param audience the agent that it is for
 * @param subject who asks, for the log
 * @param expires after that it is void
 */
public record AgentToken(String audience, String subject, Instant expires) {

  /** A token must expire within that time. */
  public static final Duration LONGEST = Duration.ofMinutes(10);

  /** Clocks may differ by that much. */
  public static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final String HEADER = encode(ContractJson.write(Map.of("alg", "EdDSA")));

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Header(@Nullable String alg) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Claims(@Nullable String aud, @Nullable String sub, @Nullable Long exp) {}

  /** The token as it stands behind {@code Authorization: Bearer}. */
  public String sign(PrivateKey key) {
    String signed =
        HEADER
            + "."
            + encode(ContractJson.write(new Claims(audience, subject, expires.getEpochSecond())));
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + ENCODER.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new ContractException("the key cannot sign a token: " + e.getMessage(), e);
    }
  }

  /**
   * Checks a token and reads it.
   *
   * @throws ContractException saying what is wrong with it, if it may not be accepted
   */
  public static AgentToken verify(String token, PublicKey key, String audience, Instant now) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw new ContractException("the token is not a signed JSON Web Token", null);
    }
    Header header = ContractJson.read(decode(parts[0]), Header.class);
    if (!"EdDSA".equals(header.alg())) {
      throw new ContractException("the token must be signed with EdDSA", null);
    }
    if (!isSignedBy(parts, key)) {
      throw new ContractException("the token's signature is not of the key configured", null);
    }
    Claims claims = ContractJson.read(decode(parts[1]), Claims.class);
    if (!audience.equals(claims.aud())) {
      throw new ContractException("the token is for another agent", null);
    }
    Long exp = claims.exp();
    if (exp == null) {
      throw new ContractException("the token does not expire", null);
    }
    Instant expires = Instant.ofEpochSecond(exp);
    if (!expires.isAfter(now.minus(CLOCK_SKEW))) {
      throw new ContractException("the token has expired", null);
    }
    if (expires.isAfter(now.plus(LONGEST).plus(CLOCK_SKEW))) {
      throw new ContractException(
          "the token lives too long: at most " + LONGEST.toMinutes() + " minutes", null);
    }
    String subject = claims.sub();
    return new AgentToken(audience, subject == null ? "" : subject, expires);
  }

  private static boolean isSignedBy(String[] parts, PublicKey key) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key);
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static String encode(String json) {
    return ENCODER.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String part) {
    try {
      return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ContractException("the token is not a signed JSON Web Token", e);
    }
  }
}
