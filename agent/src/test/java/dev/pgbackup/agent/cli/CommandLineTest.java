package dev.pgbackup.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.agent.output.Terminal;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.restore.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

@DisplayName("The command line")
class CommandLineTest {

  private @TempDir Path directory;

  static Stream<String> commands() {
    return Pgbackup.commandLine(new Terminal(System.out, System.err, false, false, Map.of()))
        .getSubcommands()
        .values()
        .stream()
        .filter(command -> !command.getCommandSpec().usageMessage().hidden())
        .map(CommandLine::getCommandName)
        .distinct()
        .filter(name -> !name.equals("help"));
  }

  @Test
  @DisplayName("shows all commands, examples and exit codes")
  void help() {
    Run run = Run.of("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Examples:", "Exit codes:");
    assertThat(commands()).allSatisfy(command -> assertThat(run.out()).contains("  " + command));
    for (ExitCode code : ExitCode.values()) {
      assertThat(run.out()).contains(code.code() + " ").contains(code.meaning());
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  @DisplayName("explains each command, with an example, within 100 columns")
  void commandHelp(String command) {
    Run run = Run.of(command, "--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith("Usage: pgbackup " + command)
        .contains("Examples:\n  pgbackup " + command);
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 100);
    assertThat(Run.of("help", command).out()).isEqualTo(run.out());
  }

  @Test
  @DisplayName("has colours in its help on a terminal only")
  void colours() {
    assertThat(Run.of(Map.of(), true, "--help").out()).contains("\u001b[");
    assertThat(Run.of(Map.of("NO_COLOR", "1"), true, "--help").out()).doesNotContain("\u001b[");
    assertThat(Run.of("--help").out()).doesNotContain("\u001b[");
  }

  @Test
  @DisplayName("ends with 2 when it is misused, and says where help is")
  void misuse() {
    assertThat(Run.of().exitCode()).isEqualTo(2);
    Run unknown = Run.of("lst");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("'lst'").contains("list").contains("--help");
    Run option = Run.of("list", "--colour", "never");
    assertThat(option.exitCode()).isEqualTo(2);
    assertThat(option.err()).contains("--colour").contains("`pgbackup list --help`");
    assertThat(Run.of("find", "--store", directory.toString()).exitCode()).isEqualTo(2);
    assertThat(Run.of("plan", "--store", directory.toString()).err())
        .contains("No target is given");
    assertThat(
            Run.of("plan", "--store", directory.toString(), "--target-xid", "7", "--target-latest")
                .err())
        .contains("More than one target is given");
    assertThat(
            Run.of("plan", "--store", directory.toString(), "--target-latest", "--exclusive").err())
        .contains("can be exclusive");
  }

  @Test
  @DisplayName("ends with 4 where there is no archive, and says so as JSON on request")
  void noArchive() {
    Run run = Run.of("list", "--store", directory.toString(), "-o", "json");

    assertThat(run.exitCode()).isEqualTo(4);
    Refusal refusal = ContractJson.read(run.out(), Refusal.class);
    assertThat(refusal.reason()).isEqualTo("ArchiveNotFound");
    assertThat(refusal.exitCode()).isEqualTo(4);
    assertThat(refusal.message()).contains(directory.toString()).endsWith(".");
    assertThat(run.err()).isEqualTo("pgbackup: " + refusal.message() + "\n");
  }

  @Test
  @DisplayName("needs an archive to be named, and takes one from the environment")
  void whichArchive() throws Exception {
    assertThat(Run.of("list").err()).contains("--config").contains("--store");
    assertThat(Run.of(Map.of("PGBACKUP_STORE", directory.toString()), false, "list").exitCode())
        .isEqualTo(4);
    Path file =
        Files.writeString(
            directory.resolve("pgbackup.yaml"), "storage: {directory: " + directory + "}\n");
    assertThat(Run.of(Map.of("PGBACKUP_CONFIG", file.toString()), false, "list").exitCode())
        .isEqualTo(4);
    assertThat(Run.of("list", "--config", file.toString(), "--store", "/elsewhere").err())
        .contains("not both");
  }

  @Test
  @DisplayName("ends with 2 for a configuration that is wrong, with line and column")
  void configuration() throws Exception {
    Path file = Files.writeString(directory.resolve("pgbackup.yaml"), "storage:\n  s4: {}\n");

    Run run = Run.of("list", "--config", file.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("line 2, column 3: storage.s4: there is no such key; did you mean s3?");
    assertThat(Run.of("sidecar", "--config", file.toString()).exitCode()).isEqualTo(2);
  }

  @Test
  @DisplayName("ends with 7 where no sidecar answers")
  void noSidecar() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("pgbackup.yaml"),
            "storage: {directory: " + directory + "}\nhttp: {listen: \"127.0.0.1:1\"}\n");

    Run run = Run.of("status", "--config", file.toString());

    assertThat(run.exitCode()).isEqualTo(7);
    assertThat(run.err()).contains("127.0.0.1:1").contains("pgbackup sidecar");
  }

  @Test
  @DisplayName("shows stack traces only when it is asked to")
  void verbose() {
    assertThat(Run.of("list", "--store", directory.toString()).err()).doesNotContain("\tat ");
    assertThat(Run.of("list", "--store", directory.toString(), "-v").err()).contains("\tat ");
  }
}
