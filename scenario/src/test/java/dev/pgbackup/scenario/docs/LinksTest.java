package dev.pgbackup.scenario.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Links between pages lead somewhere")
class LinksTest {

  static List<MarkdownFile> pages() {
    return MarkdownFile.all();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsToAFileAndItsHeading(MarkdownFile page) {
    assertThat(page.links())
        .filteredOn(link -> !link.matches("[a-z]+:.*"))
        .allSatisfy(link -> assertLeadsSomewhere(page, link));
  }

  private static void assertLeadsSomewhere(MarkdownFile page, String link) {
    String[] parts = link.split("#", 2);
    Path target =
        parts[0].isEmpty() ? page.path() : page.path().resolveSibling(parts[0]).normalize();
    assertThat(target).matches(Files::exists, "exists");
    if (parts.length == 2) {
      assertThat(MarkdownFile.read(target).anchors()).contains(parts[1]);
    }
  }

  @Test
  void theReadmeIsAmongThem() {
    assertThat(pages()).extracting(MarkdownFile::toString).contains("README.md", "CONTRIBUTING.md");
  }
}
