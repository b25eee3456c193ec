package dev.pgbackup.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Exit codes")
class ExitCodeTest {

  @Test
  @DisplayName("stay what they are, since scripts and pod failure policies name them")
  void stable() {
    assertThat(
            Arrays.stream(ExitCode.values())
                .collect(Collectors.toMap(ExitCode::name, ExitCode::code)))
        .containsEntry("SUCCESS", 0)
        .containsEntry("INTERNAL", 1)
        .containsEntry("USAGE", 2)
        .containsEntry("TARGET", 3)
        .containsEntry("ARCHIVE", 4)
        .containsEntry("STORE", 5)
        .containsEntry("DATABASE", 6)
        .containsEntry("HOST", 7)
        .containsEntry("FINDINGS", 8)
        .containsEntry("INTERRUPTED", 130)
        .hasSize(10);
  }
}
