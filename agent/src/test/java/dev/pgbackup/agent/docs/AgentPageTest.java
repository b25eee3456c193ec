package dev.pgbackup.agent.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.agent.cli.CommandReference;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The agent's page, docs/agent.md")
class AgentPageTest {

  private static final Path PAGE = Path.of("../docs/agent.md");

  @Test
  @DisplayName(
      "has every command with its options, every key with its default, every exit code; -Dgenerate writes them anew")
  void current() throws IOException {
    String written = Files.readString(PAGE);
    String generated = written;
    for (Map.Entry<String, String> part : parts().entrySet()) {
      generated = replaced(generated, part.getKey(), part.getValue());
    }
    if (System.getProperty("generate") != null) {
      Files.writeString(PAGE, generated);
    } else {
      assertThat(written).isEqualTo(generated);
    }
  }

  private static Map<String, String> parts() {
    return Map.of(
        "commands",
        CommandReference.markdown(),
        "exit codes",
        Arrays.stream(ExitCode.values())
            .map(
                code ->
                    "| "
                        + code.code()
                        + " | "
                        + code.meaning()
                        + " | "
                        + (code.isWorthRetrying() ? "yes" : "")
                        + " |\n")
            .collect(
                Collectors.joining(
                    "", "| code | meaning | worth trying again |\n|---|---|---|\n", "")),
        "configuration",
        ConfigurationReference.markdown());
  }

  private static String replaced(String page, String part, String content) {
    String begin = "<!-- begin: " + part + " -->\n";
    String end = "<!-- end: " + part + " -->";
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    assertThat(from).as(begin).isNotNegative().isLessThan(to);
    return page.substring(0, from + begin.length()) + content + page.substring(to);
  }

  @Test
  @DisplayName("has every path of the HTTP server and every state of archiving")
  void complete() throws Exception {
    String page = Files.readString(PAGE);

    for (Field path : Endpoints.class.getFields()) {
      assertThat(page).contains(" " + path.get(null));
    }
    for (State state : State.values()) {
      if (state != State.Unknown) {
        assertThat(page).contains("| `" + state + "` |");
      }
    }
  }
}
