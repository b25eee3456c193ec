package dev.pgbackup.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/security.md")
class SecurityPageTest {

  private static final String CHAPTER = "## The operator, rule by rule";
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?) \\| (.*?) \\| .* \\|$");
  private static final Pattern RESOURCE = Pattern.compile("`([a-z/]+)`");
  private static final Pattern VERB =
      Pattern.compile("\\b(get|list|watch|create|update|patch|delete)\\b");

  private static Map<String, Set<String>> explained() {
    String page = Shipped.text(Shipped.path("docs/security.md"));
    Map<String, Set<String>> verbs = new TreeMap<>();
    ROW.matcher(page.substring(page.indexOf(CHAPTER)))
        .results()
        .forEach(
            row ->
                RESOURCE
                    .matcher(row.group(1))
                    .results()
                    .forEach(
                        resource ->
                            VERB.matcher(row.group(2))
                                .results()
                                .forEach(verb -> add(verbs, resource.group(1), verb.group()))));
    return verbs;
  }

  private static Map<String, Set<String>> granted() {
    Map<String, Set<String>> verbs = new TreeMap<>();
    for (JsonNode object : Kustomization.of("deploy/base").objects()) {
      boolean ofTheOperator =
          Objects.isKind("Role", "ClusterRole").test(object)
              && object.at("/metadata/name").asText().startsWith("pgbackup-operator");
      for (JsonNode rule : ofTheOperator ? object.path("rules") : object.path("none")) {
        for (JsonNode resource : rule.path("resources")) {
          for (JsonNode verb : rule.path("verbs")) {
            add(verbs, resource.asText(), verb.asText());
          }
        }
      }
    }
    return verbs;
  }

  private static void add(Map<String, Set<String>> verbs, String resource, String verb) {
    verbs.computeIfAbsent(resource, key -> new TreeSet<>()).add(verb);
  }

  @Test
  @DisplayName("explains every right of the operator, and no other")
  void everyRight() {
    assertThat(explained()).isEqualTo(granted());
  }
}
