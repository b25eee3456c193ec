package dev.pgbackup.crds.definition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Generates the definitions of the custom resources from their types. */
final class Definitions {

  static final List<Class<? extends CustomResource<?, ?>>> KINDS =
      List.of(PgBackupPolicy.class, PgBackup.class, PgRestore.class);

  private static final String HEAD =
      "# Generated from dev.pgbackup.crds by `mvn -pl crds -am test -Dgenerate`; do not edit.\n";

  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .build());

  private Definitions() {}

  static CustomResourceDefinition of(Class<? extends CustomResource<?, ?>> kind) {
    Captured captured = new Captured();
    new CRDGenerator()
        .withOutput(captured)
        .withPostProcessor(new Tidying(kind))
        .customResourceClasses(kind)
        .forCRDVersions("v1")
        .generate();
    return Serialization.unmarshal(captured.only(), CustomResourceDefinition.class);
  }

  /** The definition as JSON: what is compared, walked through and written. */
  static JsonNode treeOf(Class<? extends CustomResource<?, ?>> kind) {
    return tree(Serialization.asYaml(of(kind)));
  }

  static JsonNode tree(String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not YAML: " + yaml, e);
    }
  }

  static ArrayNode emptyArray() {
    return YAML.createArrayNode();
  }

  /** The schema of a definition's only version. */
  static JsonNode schemaOf(JsonNode definition) {
    return definition.at("/spec/versions/0/schema/openAPIV3Schema");
  }

  /** The file that users apply. */
  static String fileOf(Class<? extends CustomResource<?, ?>> kind) {
    return HEAD + yamlOf(kind);
  }

  /** One file with all kinds. */
  static String fileOfAll() {
    return HEAD + KINDS.stream().map(Definitions::yamlOf).collect(Collectors.joining("---\n"));
  }

  private static String yamlOf(Class<? extends CustomResource<?, ?>> kind) {
    try {
      return YAML.writeValueAsString(treeOf(kind));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The file's name: {@code pgrestores.yaml}. */
  static String fileName(Class<? extends CustomResource<?, ?>> kind) {
    return of(kind).getSpec().getNames().getPlural() + ".yaml";
  }

  /** Keeps what the generator writes. */
  private static final class Captured implements CRDGenerator.CRDOutput<ByteArrayOutputStream> {

    private final Map<String, ByteArrayOutputStream> written = new TreeMap<>();

    @Override
    public ByteArrayOutputStream outputFor(String crdName) {
      return written.computeIfAbsent(crdName, name -> new ByteArrayOutputStream());
    }

    @Override
    public void close() {}

    String only() {
      if (written.size() != 1) {
        throw new IllegalStateException("expected one definition: " + written.keySet());
      }
      return written.values().iterator().next().toString(StandardCharsets.UTF_8);
    }
  }
}
