package dev.pgbackup.crds.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The reference page of the custom resources")
class ReferencePageTest {

  @Test
  @DisplayName("is what the types say")
  void current() throws IOException {
    GeneratedFile.ofRepository("docs/resources.md").isCurrent(ReferencePage.write());
  }

  @Test
  @DisplayName("has a row for every field that can be set or read")
  void complete() {
    String page = ReferencePage.write();
    for (var kind : Definitions.KINDS) {
      assertThat(Field.of(kind))
          .filteredOn(field -> field.path().indexOf('.', 1) > 0)
          .filteredOn(field -> !field.path().contains(".conditions[]."))
          .allSatisfy(
              field -> {
                String name = field.path().substring(field.path().lastIndexOf('.') + 1);
                assertThat(page)
                    .containsPattern("\n[|] [*]*`([A-Za-z0-9.\\[\\]]+[.])?" + name + "(\\[\\])?`");
              });
    }
  }
}
