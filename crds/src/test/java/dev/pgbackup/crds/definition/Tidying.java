package dev.pgbackup.crds.definition;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Puts right what the generator cannot: the order of columns, rules that it finds twice on a record
 * (on field and accessor), defaults in descriptions, and what Kubernetes says about conditions.
 */
final class Tidying implements CRDPostProcessor {

  private static final Map<String, String> CONDITION =
      Map.of(
          "type", "What the condition is about.",
          "status", "True, False or Unknown.",
          "reason", "Why, in a word that does not change between versions.",
          "message", "Why, and what to do, in sentences.",
          "lastTransitionTime", "When the status last changed, in UTC.",
          "observedGeneration", "Generation of the spec that the condition is about.");

  private final Class<?> kind;

  Tidying(Class<?> kind) {
    this.kind = kind;
  }

  @Override
  public HasMetadata process(HasMetadata resource, String crdVersion) {
    CustomResourceDefinition definition = (CustomResourceDefinition) resource;
    for (CustomResourceDefinitionVersion version : definition.getSpec().getVersions()) {
      version.getAdditionalPrinterColumns().sort(Comparator.comparing(this::place));
      JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
      root.setDescription(kind.getAnnotation(JsonClassDescription.class).value());
      root.setRequired(List.of("spec"));
      root.getProperties().get("spec").setDescription("What is asked for.");
      root.getProperties().get("status").setDescription("What is the case.");
      tidy(root);
    }
    return definition;
  }

  /** A column's place among the annotations of the type. */
  private int place(CustomResourceColumnDefinition column) {
    List<String> names =
        Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    return names.indexOf(column.getName());
  }

  private static void tidy(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        new ArrayList<>(new LinkedHashSet<>(schema.getXKubernetesValidations())));
    JsonNode byDefault = schema.getDefault();
    if (byDefault != null && byDefault.isValueNode()) {
      String text = byDefault.asText().contains(" ") ? byDefault.toString() : byDefault.asText();
      schema.setDescription(schema.getDescription() + " Default: " + text + ".");
    }
    schema
        .getProperties()
        .forEach(
            (name, property) -> {
              if (name.equals("conditions")) {
                tidyConditions(property);
              }
              tidy(property);
            });
    if (schema.getItems() != null) {
      tidy(schema.getItems().getSchema());
    }
    if (schema.getAdditionalProperties() != null) {
      tidy(schema.getAdditionalProperties().getSchema());
    }
  }

  private static void tidyConditions(JSONSchemaProps conditions) {
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    JSONSchemaProps condition = conditions.getItems().getSchema();
    condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
    condition
        .getProperties()
        .forEach((name, property) -> property.setDescription(CONDITION.get(name)));
  }
}
