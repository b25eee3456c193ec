package dev.pgbackup.deploy.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pgbackup.deploy.Shipped;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("C18 the health of a status")
class HealthTest {

  private static final String FOLDER = "deploy/gitops/fixtures/";

  /** What a fixture is expected to mean. */
  record Expected(String fixture, JsonNode meaning) {

    JsonNode object() {
      return Shipped.documents(Shipped.path(FOLDER + fixture + ".yaml")).get(0);
    }

    String to(String tool) {
      return meaning.path(tool).asText();
    }

    @Override
    public String toString() {
      return fixture;
    }
  }

  static Stream<Expected> fixtures() {
    JsonNode expected = Shipped.documents(Shipped.path(FOLDER + "expected.yaml")).get(0);
    return expected.properties().stream()
        .map((Map.Entry<String, JsonNode> e) -> new Expected(e.getKey(), e.getValue()));
  }

  @Test
  @DisplayName("is expected of every fixture")
  void complete() {
    assertThat(fixtures().map(Expected::fixture))
        .containsExactlyInAnyOrderElementsOf(
            Shipped.files(FOLDER, ".*\\.yaml").stream()
                .map(file -> file.getFileName().toString().replace(".yaml", ""))
                .filter(name -> !name.equals("expected"))
                .toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fixtures")
  @DisplayName("to Argo CD, with the condition's reason as its message")
  void argo(Expected expected) {
    ArgoHealth.Health health = ArgoHealth.of(expected.object());
    assertThat(health.status()).isEqualTo(expected.to("argocd"));
    if (health.status().equals("Degraded")) {
      JsonNode ready = Conditions.find(expected.object(), "Ready").orElseThrow();
      assertThat(health.message())
          .startsWith(ready.path("reason").asText())
          .contains(ready.path("message").asText());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fixtures")
  @DisplayName("to Flux, by its expressions")
  void flux(Expected expected) {
    assertThat(FluxHealth.of(expected.object())).isEqualTo(expected.to("flux"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fixtures")
  @DisplayName("to kstatus, by the conditions alone")
  void kstatus(Expected expected) {
    assertThat(KStatus.of(expected.object())).isEqualTo(expected.to("kstatus"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fixtures")
  @DisplayName("to kubectl wait, which wants the condition of the newest generation")
  void kubectlWait(Expected expected) {
    JsonNode object = expected.object();
    List<String> found =
        Stream.of("Ready", "Complete", "Failed")
            .filter(type -> Conditions.isTrue(object, type))
            .filter(
                type ->
                    Conditions.find(object, type).orElseThrow().path("observedGeneration").asLong()
                        >= object.at("/metadata/generation").asLong())
            .toList();
    assertThat(found)
        .isEqualTo(
            StreamSupport.stream(expected.meaning().path("wait").spliterator(), false)
                .map(JsonNode::asText)
                .toList());
  }
}
