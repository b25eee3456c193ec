package dev.pgbackup.crds.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The baseline is a copy of the definitions of the last release. A release copies {@code
 * crds/*.yaml} there; between two releases nothing does.
 */
@DisplayName("What was released is still accepted, and still means the same")
class BaselineTest {

  private static final Path BASELINE = Path.of("src/test/resources/baseline/v1alpha1");

  static List<Path> released() throws IOException {
    try (Stream<Path> files = Files.list(BASELINE)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("released")
  @DisplayName("a kind has no breaking change against the baseline")
  void compatible(Path released) throws IOException {
    String today = Files.readString(released.getFileName());
    assertThat(
            Compatibility.breaks(
                Definitions.tree(Files.readString(released)), Definitions.tree(today)))
        .as("breaking changes of %s; they need a new version of the API", released.getFileName())
        .isEmpty();
  }

  @Test
  @DisplayName("every kind of today has its baseline")
  void complete() throws IOException {
    assertThat(released().stream().map(file -> file.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(
            Definitions.KINDS.stream().map(Definitions::fileName).toList());
  }
}
