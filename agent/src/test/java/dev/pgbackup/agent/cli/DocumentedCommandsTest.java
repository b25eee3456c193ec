package dev.pgbackup.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.agent.output.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;

@DisplayName("Every command that a page, a help text or a message shows is one that there is")
class DocumentedCommandsTest {

  private static final Path ROOT = Path.of("..");

  /** A line of an example, with the lines that continue it. */
  private static final Pattern LINE =
      Pattern.compile("(?m)^ *(?:\\$ )?pgbackup ((?:.*\\\\\\n)*.*)$");

  /** In a sentence, where it may be shortened. */
  private static final Pattern SPAN = Pattern.compile("`pgbackup ([^`]+)`");

  /** What is said of a command behind it. */
  private static final Pattern REMARK = Pattern.compile("(?: {2,}| #).*");

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  /**
   * A command that is shown somewhere.
   *
   * @param where file, or command whose help it is
   * @param words without the program's name
   * @param whole whether it could be typed as it stands
   */
  record Shown(String where, List<String> words, boolean whole) {

    static Stream<Shown> in(String where, String text) {
      return Stream.concat(
          found(LINE, text).map(line -> new Shown(where, split(line), true)),
          found(SPAN, text).map(span -> new Shown(where, split(span), false)));
    }

    private static Stream<String> found(Pattern pattern, String text) {
      return pattern.matcher(text).results().map(found -> found.group(1));
    }

    private static List<String> split(String line) {
      String joined = line.replaceAll("\\s*\\\\\\n\\s*", " ");
      return WORD.matcher(REMARK.matcher(joined).replaceFirst(""))
          .results()
          .map((MatchResult word) -> word.group(1) == null ? word.group(2) : word.group(1))
          .toList();
    }

    @Override
    public String toString() {
      return where + ": pgbackup " + String.join(" ", words);
    }
  }

  static List<Shown> shown() throws IOException {
    List<Shown> shown = new ArrayList<>();
    for (Path page : pages()) {
      Shown.in(ROOT.relativize(page).toString(), Files.readString(page)).forEach(shown::add);
    }
    Shown.in("--help", Run.of("--help").out()).forEach(shown::add);
    commandLine()
        .getSubcommands()
        .keySet()
        .forEach(name -> Shown.in(name, Run.of(name, "--help").out()).forEach(shown::add));
    for (Path source : sources()) {
      Shown.in(source.getFileName().toString(), Files.readString(source))
          .filter(found -> !found.whole())
          .forEach(shown::add);
    }
    return shown;
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), pages)
          .filter(page -> page.toString().endsWith(".md"))
          .toList();
    }
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("agent", "engine")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  private static CommandLine commandLine() {
    return Pgbackup.commandLine(new Terminal(System.out, System.err, false, false, Map.of()));
  }

  private static void parse(List<String> words) {
    commandLine().parseArgs(words.toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("shown")
  void isUnderstood(Shown shown) {
    assertThatCode(
            () -> {
              try {
                parse(shown.words());
              } catch (MissingParameterException shortened) {
                if (shown.whole()) {
                  throw shortened;
                }
              }
            })
        .as("%s", shown)
        .doesNotThrowAnyException();
  }

  @Test
  @DisplayName("and those of README, of the agent's page and of each help are among them")
  void areFound() throws IOException {
    List<Shown> shown = shown();

    assertThat(shown)
        .extracting(Shown::where)
        .contains(
            "README.md", "docs/agent.md", "--help", "restore", "prune", "RestorePlanner.java");
    assertThat(shown)
        .extracting(Shown::words)
        .contains(
            List.of("plan", "--target-time", "2026-11-22 14:03:07+01:00", "--exclusive"),
            List.of(
                "restore",
                "--target-xid",
                "635",
                "--target-dir",
                "/srv/restored",
                "--postgres-bin",
                "/usr/lib/postgresql/16/bin"));
  }

  @Test
  @DisplayName("while an option or a command that there is not would be noticed")
  void othersAreNot() {
    assertThatThrownBy(() -> parse(List.of("restore", "--target-dir", "/srv", "--to-xid", "635")))
        .isInstanceOf(CommandLine.ParameterException.class);
    assertThatThrownBy(() -> parse(List.of("recover")))
        .isInstanceOf(CommandLine.UnmatchedArgumentException.class);
  }
}
