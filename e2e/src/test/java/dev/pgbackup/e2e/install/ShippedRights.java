package dev.pgbackup.e2e.install;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rights that the operator's roles give, one by one, each written as in {@code patch
 * apps/deployments} or {@code get /pods/log}.
 */
record ShippedRights(Set<String> all) {

  private static final Pattern REQUESTS =
      Pattern.compile("(?m)^pgbackup_api_requests_total\\{([^}]*)} .*$");

  /** Those of the operator's roles among the objects of manifests. */
  static ShippedRights of(Collection<String> manifests) {
    Set<String> rights = new TreeSet<>();
    for (String manifest : manifests) {
      Pattern.compile("(?m)^---$")
          .splitAsStream(manifest)
          .map(text -> Serialization.<JsonNode>unmarshal(text, JsonNode.class))
          .filter(object -> object != null && isRoleOfTheOperator(object))
          .flatMap(role -> role.path("rules").valueStream())
          .forEach(rule -> add(rule, rights));
    }
    return new ShippedRights(rights);
  }

  private static boolean isRoleOfTheOperator(JsonNode object) {
    return object.path("kind").asText().endsWith("Role")
        && object.at("/metadata/name").asText().startsWith("pgbackup-operator");
  }

  private static void add(JsonNode rule, Set<String> rights) {
    for (JsonNode group : rule.path("apiGroups")) {
      for (JsonNode resource : rule.path("resources")) {
        for (JsonNode verb : rule.path("verbs")) {
          rights.add(right(verb.asText(), group.asText(), resource.asText()));
        }
      }
    }
  }

  private static String right(String verb, String group, String resource) {
    return verb + " " + group + "/" + resource;
  }

  /**
   * Those that were not needed for what the operator has asked for.
   *
   * @param metrics the page of its metrics
   */
  Set<String> unused(String metrics) {
    Set<String> unused = new TreeSet<>(all);
    unused.removeAll(
        REQUESTS
            .matcher(metrics)
            .results()
            .flatMap(ShippedRights::needed)
            .collect(Collectors.toSet()));
    return unused;
  }

  /** A server-side apply needs both, as the object may not be there. */
  private static Stream<String> needed(MatchResult request) {
    String verb = label(request, "verb");
    return (verb.equals("apply")
            ? Stream.of("create", "patch")
            : Stream.of(verb))
        .map(v -> right(v, label(request, "group"), label(request, "resource")));
  }

  private static String label(MatchResult request, String name) {
    return Pattern.compile("(?:^|,)" + name + "=\"([^\"]*)\"")
        .matcher(request.group(1))
        .results()
        .findFirst()
        .orElseThrow()
        .group(1);
  }
}
