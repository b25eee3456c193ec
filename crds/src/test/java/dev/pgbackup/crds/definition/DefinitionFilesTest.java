package dev.pgbackup.crds.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("crds/*.yaml are what the types say")
class DefinitionFilesTest {

  static List<Class<? extends CustomResource<?, ?>>> kinds() {
    return Definitions.KINDS;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("the file of each kind is current")
  void current(Class<? extends CustomResource<?, ?>> kind) throws IOException {
    GeneratedFile.ofModule(Definitions.fileName(kind)).isCurrent(Definitions.fileOf(kind));
  }

  @Test
  @DisplayName(
      "the copy for chart and kustomization, which take no file from outside their folder, is current")
  void currentForInstallation() throws IOException {
    GeneratedFile.ofRepository("deploy/chart/crds/crds.yaml").isCurrent(Definitions.fileOfAll());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("the file says exactly what was generated, however it is quoted")
  void nothingIsLostInWriting(Class<? extends CustomResource<?, ?>> kind) {
    assertThat(Definitions.tree(Definitions.fileOf(kind))).isEqualTo(Definitions.treeOf(kind));
  }

  @Test
  @DisplayName("there is no other file that kubectl apply -f crds/ would take")
  void noOthers() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("").toAbsolutePath())) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.matches(".*\\.(ya?ml|json)")))
          .containsExactlyInAnyOrderElementsOf(
              Definitions.KINDS.stream().map(Definitions::fileName).toList());
    }
  }
}
