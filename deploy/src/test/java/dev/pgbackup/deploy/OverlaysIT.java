package dev.pgbackup.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An overlay, as kustomize makes it,")
class OverlaysIT {

  private static final String[] LEFT_TO_HELM = {"Namespace", "CustomResourceDefinition"};

  @BeforeAll
  static void kubectlIsThere() {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Path.of(folder, "kubectl").toFile().canExecute()),
        "kubectl is not installed: the overlays cannot be made");
  }

  private static List<JsonNode> made(String overlay) throws IOException {
    Process kubectl =
        new ProcessBuilder(
                "kubectl", "kustomize", Shipped.path("deploy/overlays/" + overlay).toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = kubectl.inputReader(StandardCharsets.UTF_8)) {
      StringBuilder text = new StringBuilder();
      out.lines().forEach(line -> text.append(line).append('\n'));
      assertThat(kubectl.waitFor()).isZero();
      return Shipped.documents(text.toString());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      kubectl.destroy();
    }
  }

  private static List<JsonNode> withoutWhatIsLeftToHelm(List<JsonNode> objects) {
    return objects.stream().filter(Objects.isKind(LEFT_TO_HELM).negate()).toList();
  }

  @Test
  @DisplayName("for a whole cluster is what the chart installs")
  void clusterWide() throws IOException {
    assertThat(Objects.byName(withoutWhatIsLeftToHelm(made("cluster-wide"))))
        .containsExactlyEntriesOf(Objects.byName(Chart.objects(Map.of())));
  }

  @Test
  @DisplayName("for one namespace is what the chart installs for it")
  void namespaced() throws IOException {
    assertThat(Objects.byName(withoutWhatIsLeftToHelm(made("namespaced"))))
        .containsExactlyEntriesOf(
            Objects.byName(Chart.objects(Map.of("watchNamespaces[0]", "databases"))));
  }

  @Test
  @DisplayName("without rights over volumes is what the chart installs without those of a swap")
  void withoutRightsOverVolumes() throws IOException {
    assertThat(Objects.byName(withoutWhatIsLeftToHelm(made("without-pv-rights"))))
        .containsExactlyEntriesOf(Objects.byName(Chart.objects(Map.of("swap", "false"))));
  }
}
