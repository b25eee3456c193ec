package dev.pgbackup.crds.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A definition explains itself")
class DescriptionsTest {

  static List<Class<? extends CustomResource<?, ?>>> kinds() {
    return Definitions.KINDS;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("every field has a description, in sentences")
  void described(Class<? extends CustomResource<?, ?>> kind) {
    assertThat(Field.of(kind))
        .hasSizeGreaterThan(20)
        .allSatisfy(field -> assertThat(field.description()).matches("(?s)[A-Z].*[.]"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("a default is said once, where a field has one")
  void defaults(Class<? extends CustomResource<?, ?>> kind) {
    assertThat(Field.of(kind))
        .filteredOn(field -> field.schema().path("default").isValueNode())
        .allSatisfy(
            field ->
                assertThat(List.of(field.description().split("Default:", -1)))
                    .hasSize(2)
                    .last()
                    .asString()
                    .contains(field.schema().path("default").asText()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("an optional text or number of a spec says what it is when it is not given")
  void absent(Class<? extends CustomResource<?, ?>> kind) {
    assertThat(Field.of(kind))
        .filteredOn(field -> field.isOfSpec() && field.isScalar() && !field.required())
        .filteredOn(field -> !field.path().matches(".*[.](target|backup)[.](?!inclusive).*"))
        .allSatisfy(field -> assertThat(field.description()).contains("Default:"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("every rule has a message, and is there once")
  void rules(Class<? extends CustomResource<?, ?>> kind) {
    assertThat(Field.of(kind))
        .allSatisfy(
            field -> {
              JsonNode rules = field.schema().path("x-kubernetes-validations");
              assertThat(rules.findValuesAsText("rule")).doesNotHaveDuplicates();
              assertThat(rules.findValuesAsText("message"))
                  .hasSize(rules.size())
                  .allMatch(message -> message.length() > 10);
            });
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("a text of a spec has a longest length, so that rules about it stay cheap")
  void bounded(Class<? extends CustomResource<?, ?>> kind) {
    assertThat(Field.of(kind))
        .filteredOn(Field::isOfSpec)
        .filteredOn(field -> field.schema().path("type").asText().equals("string"))
        .filteredOn(field -> !field.schema().has("enum"))
        .allSatisfy(field -> assertThat(field.schema().has("maxLength")).isTrue());
  }
}
