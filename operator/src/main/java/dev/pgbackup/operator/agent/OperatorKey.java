package dev.pgbackup.operator.agent;

import dev.pgbackup.contract.http.AgentToken;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** The operator's key (Ed25519): agents know its public half. */
public final class OperatorKey {

  static final String PRIVATE_ENTRY = "private.der";
  static final String PUBLIC_ENTRY = "public.der";

  private static final String ALGORITHM = "Ed25519";
  private static final String SUBJECT = "pgbackup-operator";

  private final PrivateKey privateKey;
  private final PublicKey publicKey;

  private OperatorKey(PrivateKey privateKey, PublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  static OperatorKey generate() {
    try {
      var pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      return new OperatorKey(pair.getPrivate(), pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  /**
   * Reads it from the entries of a Secret.
   *
   * @throws IllegalArgumentException if they are no such key
   */
  static OperatorKey read(Map<String, String> entries) {
    try {
      KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
      return new OperatorKey(
          keys.generatePrivate(new PKCS8EncodedKeySpec(decode(entries, PRIVATE_ENTRY))),
          keys.generatePublic(new X509EncodedKeySpec(decode(entries, PUBLIC_ENTRY))));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the entries are no pair of keys for " + ALGORITHM, e);
    }
  }

  private static byte[] decode(Map<String, String> entries, String entry) {
    String text = entries.get(entry);
    if (text == null) {
      throw new IllegalArgumentException("there is no entry " + entry);
    }
    return Base64.getDecoder().decode(text);
  }

  /** As the entries of a Secret. */
  Map<String, String> write() {
    Base64.Encoder encoder = Base64.getEncoder();
    return Map.of(
        PRIVATE_ENTRY, encoder.encodeToString(privateKey.getEncoded()),
        PUBLIC_ENTRY, encoder.encodeToString(publicKey.getEncoded()));
  }

  /** The public half as agents want it. */
  public String publicPem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(publicKey.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  /** A token for one agent, which expires soon. */
  String token(String audience, Instant expires) {
    return new AgentToken(audience, SUBJECT, expires).sign(privateKey);
  }
}
