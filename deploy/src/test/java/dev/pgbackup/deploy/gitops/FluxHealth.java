package dev.pgbackup.deploy.gitops;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.pgbackup.deploy.Shipped;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * Evaluates the expressions for Flux in its order: a generation that was not observed, {@code
 * inProgress}, {@code failed}, {@code current}; else it is in progress. An expression that cannot
 * be evaluated is an error, and Flux asks again: in progress as well.
 */
final class FluxHealth {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode CHECKS =
      Shipped.documents(Shipped.path("deploy/gitops/flux/health.yaml")).get(0);
  private static final Cel CEL =
      CelFactory.standardCelBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("metadata", SimpleType.DYN)
          .addVar("spec", SimpleType.DYN)
          .addVar("status", SimpleType.DYN)
          .setResultType(SimpleType.BOOL)
          .build();

  private FluxHealth() {}

  static String of(JsonNode object) {
    JsonNode observed = object.at("/status/observedGeneration");
    if (observed.isNumber() && !observed.equals(object.at("/metadata/generation"))) {
      return "InProgress";
    }
    JsonNode check = check(object.path("kind").asText());
    try {
      if (holds(check.path("inProgress").asText(), object)) {
        return "InProgress";
      }
      if (holds(check.path("failed").asText(), object)) {
        return "Failed";
      }
      return holds(check.path("current").asText(), object) ? "Current" : "InProgress";
    } catch (CelEvaluationException e) {
      return "InProgress";
    }
  }

  private static JsonNode check(String kind) {
    return StreamSupport.stream(CHECKS.spliterator(), false)
        .filter(check -> check.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static boolean holds(String expression, JsonNode object) throws CelEvaluationException {
    try {
      Map<String, Object> variables = JSON.convertValue(object, new TypeReference<>() {});
      // Unknown, without a status, is not true.
      return Boolean.TRUE.equals(
          CEL.createProgram(CEL.compile(expression).getAst()).eval(variables));
    } catch (CelValidationException e) {
      throw new IllegalArgumentException(expression, e);
    }
  }
}
