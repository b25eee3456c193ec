package dev.pgbackup.operator.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/runbook.md")
class RunbookTest {

  private static final Path PAGE = Path.of("../docs/runbook.md");
  private static final Pattern HEADING = Pattern.compile("(?m)^### (.*)$");
  private static final Pattern NAME = Pattern.compile("`([A-Za-z]+)`");

  private static List<String> named() throws IOException {
    List<String> names = new ArrayList<>();
    HEADING
        .matcher(Files.readString(PAGE))
        .results()
        .forEach(
            heading ->
                NAME.matcher(heading.group(1)).results().forEach(n -> names.add(n.group(1))));
    return names;
  }

  @Test
  @DisplayName("says what to do for every condition and every reason that there can be")
  void complete() throws IOException {
    assertThat(Reasons.all()).isSubsetOf(named());
  }

  @Test
  @DisplayName("names nothing that there cannot be, and nothing twice")
  void nothingElse() throws IOException {
    assertThat(named()).doesNotHaveDuplicates().isSubsetOf(Reasons.all());
  }

  @Test
  @DisplayName("is held against the reasons of the engine, too")
  void engine() {
    assertThat(Reasons.ofTheEngine()).hasSizeGreaterThan(40).contains("XidNotFound", "SlotLost");
  }
}
