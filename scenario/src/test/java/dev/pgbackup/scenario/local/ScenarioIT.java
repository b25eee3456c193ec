package dev.pgbackup.scenario.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.scenario.Ending;
import dev.pgbackup.scenario.Narrator;
import dev.pgbackup.scenario.Outcome;
import dev.pgbackup.scenario.Row;
import dev.pgbackup.scenario.Scenario;
import dev.pgbackup.scenario.Verdict;
import dev.pgbackup.testkit.PostgresBinaries;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each version's story by itself, at the same time as the others': much of it is waiting. */
@DisplayName("Rows 1 to 13, on this machine")
@Execution(ExecutionMode.CONCURRENT)
class ScenarioIT {

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("versions")
  void theWholeStory(PostgresBinaries version, @TempDir Path temporary) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("story"));
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    Narrator narrator = new Narrator(new PrintStream(told, true, StandardCharsets.UTF_8), false);

    Outcome outcome;
    try (LocalProcesses processes =
        new LocalProcesses(version, Path.of("").toAbsolutePath().getParent(), folder, narrator)) {
      narrator.title("The whole story", processes.name());
      outcome = new Scenario(processes, narrator, Ending.POLICY_GOES).play();
    } finally {
      System.out.println(told.toString(StandardCharsets.UTF_8));
    }

    assertThat(outcome.failure()).isNull();
    assertThat(outcome.rows().values()).hasSize(Row.values().length).containsOnly(Verdict.PASSED);
    assertThat(folder).doesNotExist();
  }
}
