package dev.pgbackup.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/**
 * Documents of the contract to and from JSON. Readers are lenient: fields that are not known are
 * ignored, unknown values of an enumeration are {@code Unknown}. Times are ISO 8601, what is absent
 * is not written.
 */
public final class ContractJson {

  /** The version that is written; a reader refuses a higher one. */
  public static final int VERSION = 1;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .build();

  private ContractJson() {}

  /** One line of JSON. */
  public static String write(Object document) {
    try {
      return JSON.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new ContractException("cannot write " + document.getClass().getSimpleName(), e);
    }
  }

  /** JSON over several lines, for people. */
  public static String writePretty(Object document) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new ContractException("cannot write " + document.getClass().getSimpleName(), e);
    }
  }

  /**
   * Reads a document.
   *
   * @throws ContractException if it is none, or of a newer version
   */
  public static <T> T read(String json, Class<T> type) {
    try {
      JsonNode tree = JSON.readTree(json);
      if (!tree.isObject()) {
        throw new ContractException(
            "expected a JSON object, a " + type.getSimpleName() + ", but found something else",
            null);
      }
      int version = tree.path("version").asInt(VERSION);
      if (version > VERSION) {
        throw new ContractException(
            "this "
                + type.getSimpleName()
                + " has version "
                + version
                + "; up to "
                + VERSION
                + " is understood. Use a program that is as new as the one that wrote it.",
            null);
      }
      return JSON.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw new ContractException(
          "not a " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
    }
  }
}
