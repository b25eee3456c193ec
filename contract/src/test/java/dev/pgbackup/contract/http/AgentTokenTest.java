package dev.pgbackup.contract.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.contract.ContractException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A token")
class AgentTokenTest {

  private static final Instant NOW = Instant.parse("2026-11-22T14:03:07Z");
  private static final KeyPair KEYS = keys();

  @Test
  @DisplayName("is accepted by whom it is for, until it expires")
  void accepted() {
    AgentToken token = new AgentToken("ns/master", "operator", NOW.plusSeconds(60));

    assertThat(AgentToken.verify(token.sign(KEYS.getPrivate()), KEYS.getPublic(), "ns/master", NOW))
        .isEqualTo(token);
  }

  @Test
  @DisplayName("is refused when it has expired, clocks' differences allowed for")
  void expired() {
    String token = new AgentToken("a", "s", NOW).sign(KEYS.getPrivate());

    assertThat(verify(token, NOW.plusSeconds(59))).isNotNull();
    assertThatThrownBy(() -> verify(token, NOW.plusSeconds(60)))
        .isInstanceOf(ContractException.class)
        .hasMessageContaining("expired");
  }

  @Test
  @DisplayName("is refused when it would be valid for long")
  void longLived() {
    String token = new AgentToken("a", "s", NOW.plus(Duration.ofHours(1))).sign(KEYS.getPrivate());

    assertThatThrownBy(() -> verify(token, NOW)).hasMessageContaining("lives too long");
  }

  @Test
  @DisplayName("is refused by another agent, and when another key signed it")
  void stranger() {
    AgentToken token = new AgentToken("b", "s", NOW.plusSeconds(60));

    assertThatThrownBy(() -> verify(token.sign(KEYS.getPrivate()), NOW))
        .hasMessageContaining("another agent");
    assertThatThrownBy(() -> verify(token.sign(keys().getPrivate()), NOW))
        .hasMessageContaining("signature");
  }

  @Test
  @DisplayName("is refused when a single character of it was changed")
  void tampered() {
    String token = new AgentToken("a", "s", NOW.plusSeconds(60)).sign(KEYS.getPrivate());

    // The last character of a part carries bits that base64 ignores: it is left out.
    for (int i = token.indexOf('.') + 1; i < token.length() - 1; i++) {
      char changed = token.charAt(i) == 'A' ? 'B' : 'A';
      String forged = token.substring(0, i) + changed + token.substring(i + 1);
      assertThatThrownBy(() -> verify(forged, NOW)).isInstanceOf(ContractException.class);
    }
  }

  @Test
  @DisplayName("without a signature is refused, whatever it says about itself")
  void unsigned() {
    String header = base64("{\"alg\":\"none\"}");
    String claims = base64("{\"aud\":\"a\",\"exp\":" + (NOW.getEpochSecond() + 60) + "}");

    assertThatThrownBy(() -> verify(header + "." + claims + ".", NOW))
        .hasMessageContaining("EdDSA");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a.b.c", "e30.e30.e30", "Bearer x", "{}.{}.{}"})
  @DisplayName("that is none is refused")
  void garbage(String token) {
    assertThatThrownBy(() -> verify(token, NOW)).isInstanceOf(ContractException.class);
  }

  private static AgentToken verify(String token, Instant now) {
    return AgentToken.verify(token, KEYS.getPublic(), "a", now);
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyPair keys() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
