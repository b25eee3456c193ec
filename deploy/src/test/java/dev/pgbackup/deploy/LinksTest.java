package dev.pgbackup.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Links between pages")
class LinksTest {

  private static final Pattern LINK = Pattern.compile("]\\(([^)#:\\s]+)(#[^)]*)?\\)");

  static Stream<Path> pages() {
    return Stream.concat(
        Stream.of("README.md", "CONTRIBUTING.md", "examples/README.md").map(Shipped::path),
        Shipped.files("docs", ".*\\.md").stream());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  @DisplayName("lead to something that is there")
  void lead(Path page) {
    List<String> broken =
        LINK.matcher(Shipped.text(page))
            .results()
            .map(link -> link.group(1))
            .filter(target -> !Files.exists(page.resolveSibling(target)))
            .toList();
    assertThat(broken).isEmpty();
  }
}
