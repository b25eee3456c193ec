package dev.pgbackup.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.contract.http.AgentToken;
import java.security.KeyFactory;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The operator's key")
class OperatorKeyTest {

  private static final Instant NOW = Instant.parse("2026-11-22T14:00:00Z");

  @Test
  @DisplayName("signs tokens that an agent accepts with the public half alone")
  void signs() throws Exception {
    OperatorKey key = OperatorKey.read(OperatorKey.generate().write());
    String token = key.token("pgbackup.dev/a/b/c", NOW.plusSeconds(60));
    String pem = key.publicPem().replaceAll("-----[A-Z ]+-----|\\s", "");
    AgentToken accepted =
        AgentToken.verify(
            token,
            KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(pem))),
            "pgbackup.dev/a/b/c",
            NOW);
    assertThat(accepted.subject()).isEqualTo("pgbackup-operator");
  }

  @Test
  @DisplayName("is refused if it is none, with what to do")
  void refused() {
    assertThatThrownBy(() -> OperatorKey.read(java.util.Map.of("private.der", "AAAA")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
