package dev.pgbackup.agent.http;

import com.sun.net.httpserver.HttpExchange;
import dev.pgbackup.contract.ContractException;
import dev.pgbackup.contract.config.HttpConfig;
import dev.pgbackup.contract.http.AgentToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.util.Base64;

/**
 * Decides who may change something: with a public key configured the bearer of a token, else only
 * callers on this host. The key is read at every call, so that it can be rotated.
 */
final class TokenGuard {

  private static final String BEARER = "Bearer ";

  private final HttpConfig config;
  private final Clock clock;

  TokenGuard(HttpConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * Lets a call pass.
   *
   * @throws HttpRefusal if it must not
   */
  void check(HttpExchange exchange) {
    String keyFile = config.tokenPublicKeyFile();
    String audience = config.tokenAudience();
    if (keyFile == null || audience == null) {
      if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
        throw new HttpRefusal(
            403,
            "Forbidden",
            "Without http.tokenPublicKeyFile only callers on this host may change something.");
      }
      return;
    }
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    if (header == null || !header.startsWith(BEARER)) {
      throw new HttpRefusal(401, "Unauthorized", "This call needs a bearer token.");
    }
    try {
      AgentToken.verify(
          header.substring(BEARER.length()).strip(), key(keyFile), audience, clock.instant());
    } catch (ContractException e) {
      throw new HttpRefusal(401, "Unauthorized", "The token is refused: " + e.getMessage() + ".");
    }
  }

  private static PublicKey key(String file) {
    try {
      String pem =
          Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
      return KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(pem)));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new HttpRefusal(
          503, "ConfigurationInvalid", "The public key " + file + " cannot be read (" + e + ").");
    }
  }
}
