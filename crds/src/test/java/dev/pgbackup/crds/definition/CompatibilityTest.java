package dev.pgbackup.crds.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Breaking changes of a definition are found")
class CompatibilityTest {

  private static final String BEFORE =
      """
      spec:
        group: example.dev
        scope: Namespaced
        names: {kind: Sample, plural: samples, shortNames: [smp, sm], categories: [all]}
        versions:
          - name: v1
            served: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  mode: {type: string, enum: [Slow, Fast], default: Slow}
                  count: {type: integer, minimum: 1, maximum: 9}
                  label: {type: string, maxLength: 8, pattern: '[a-z]+'}
                  any: {type: object, x-kubernetes-preserve-unknown-fields: true}
                  size: {x-kubernetes-int-or-string: true}
                  tags: {type: array, maxItems: 3, items: {type: string}}
                  extra: {type: object, additionalProperties: {type: integer}}
                  nested:
                    type: object
                    default: {depth: 1}
                    required: [name]
                    properties: {name: {type: string}, depth: {type: integer, default: 1}}
                    x-kubernetes-validations: [{rule: self.depth > 0, message: deep}]
      """;

  private static List<String> breaks(String before, String after) {
    String changed = BEFORE.replace(before, after);
    assertThat(changed).as("the change is one").isNotEqualTo(BEFORE);
    JsonNode old = Definitions.tree(BEFORE);
    return Compatibility.breaks(old, Definitions.tree(changed));
  }

  @Test
  @DisplayName("what did not change breaks nothing")
  void same() {
    assertThat(Compatibility.breaks(Definitions.tree(BEFORE), Definitions.tree(BEFORE))).isEmpty();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          enum: [Slow, Fast]   | enum: [Fast, Slow, Faster]
          enum: [Slow, Fast],  | ""
          maximum: 9           | maximum: 10
          minimum: 1,          | ""
          maxLength: 8, pattern: '[a-z]+' | maxLength: 9
          {type: integer, minimum: 1, maximum: 9} | {type: number, minimum: 1, maximum: 9}
          {type: integer, minimum: 1, maximum: 9} | {x-kubernetes-int-or-string: true}
          required: [name]     | required: []
          required: [name]     | required: [name, depth]
          default: {depth: 1}  | default: {depth: 1, width: 2}
          [{rule: self.depth > 0, message: deep}] | []
          message: deep        | message: deeper
          {type: string}       | {type: string, description: words}
          [smp, sm]            | [smp, sm, s]
          """)
  @DisplayName("what accepts more, or says it better, is no break")
  void compatible(String before, String after) {
    assertThat(breaks(before, after == null ? "" : after)).isEmpty();
  }

  @ParameterizedTest(name = "{0} -> {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          group: example.dev   | group: example.com     | /group was "example.dev" and is "example.com"
          scope: Namespaced    | scope: Cluster         | /scope was "Namespaced" and is "Cluster"
          plural: samples      | plural: sampels        | /names/plural was "samples" and is "sampels"
          [smp, sm]            | [smp]                  | /names/shortNames "sm" is gone
          categories: [all]    | categories: []         | /names/categories "all" is gone
          served: true         | served: false          | v1 is no longer served
          name: v1             | name: v2               | v1 is no longer served
          subresources: {status: {}} | storage: true    | v1 has no status of its own any more
          label: {             | lable: {               | .label was removed
          {type: integer, minimum: 1, maximum: 9} | {type: string} | .count was of type "integer" and is of type "string"
          {x-kubernetes-int-or-string: true} | {type: integer} | .size was of type none and is of type "integer"
          [Slow, Fast]         | [Slow]                 | .mode no longer accepts "Fast"
          default: Slow        | default: Fast          | .mode had the default "Slow" and has "Fast"
          {type: integer, default: 1} | {type: integer} | .nested.depth had the default 1 and has none
          default: {depth: 1}  | default: {depth: 2}    | .nested.depth had the default 1 and has 2
          maximum: 9           | maximum: 8             | .count has a tighter maximum: 8
          minimum: 1           | minimum: 2             | .count has a tighter minimum: 2
          maxLength: 8         | maxLength: 7           | .label has a tighter maxLength: 7
          maxItems: 3          | maxItems: 2            | .tags has a tighter maxItems: 2
          items: {type: string} | items: {type: string, maxLength: 5} | .tags[] has a tighter maxLength: 5
          '[a-z]+'             | '[a-y]+'               | .label has another pattern: "[a-y]+"
          {type: object, x-kubernetes-preserve-unknown-fields: true} | {type: object} | .any is no longer x-kubernetes-preserve-unknown-fields
          additionalProperties: {type: integer} | additionalProperties: {type: string} | .extra{} was of type "integer" and is of type "string"
          name: {type: string} | name: {type: string, enum: [a]} | .nested.name has become an enum: ["a"]
          {rule: self.depth > 0, message: deep} | {rule: self.depth > 1, message: deep} | .nested has a new rule: "self.depth > 1"
          """)
  @DisplayName("what accepts less, means something else or is gone is a break, and is named")
  void breaking(String before, String after, String message) {
    assertThat(breaks(before, after)).contains(message);
  }

  @Test
  @DisplayName("a new field that may be left out is no break; one that may not is")
  void newFields() {
    assertThat(breaks("name: {type: string}", "name: {type: string}, unit: {type: string}"))
        .isEmpty();
    assertThat(breaks("required: [name]", "required: [name, unit]"))
        .containsExactly(".nested.unit has become required");
  }

  @Test
  @DisplayName("an old field that becomes required is a break")
  void required() {
    assertThat(
            breaks(
                "type: object\n          properties:",
                "type: object\n          required: [count]\n          properties:"))
        .containsExactly(".count has become required");
  }
}
