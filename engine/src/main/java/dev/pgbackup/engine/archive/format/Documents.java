package dev.pgbackup.engine.archive.format;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;

/**
 * Documents of the archive to and from JSON: fields that are not known are ignored, times are ISO
 * 8601.
 */
public final class Documents {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .build();

  private Documents() {}

  public static byte[] write(Object document) {
    try {
      return JSON.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new EngineException(
          Reason.InternalError, "cannot write " + document.getClass().getSimpleName(), e);
    }
  }

  /**
   * Reads a document.
   *
   * @param what names it in messages, best by its key
   * @throws EngineException with {@code UnsupportedArchiveVersion} or {@code ArchiveDamaged}
   */
  public static <T> T read(byte[] json, Class<T> type, String what) {
    try {
      var tree = JSON.readTree(json);
      if (tree != null && tree.hasNonNull("formatVersion")) {
        FormatVersion.parse(tree.get("formatVersion").asText()).requireReadable(what);
      }
      T document = JSON.treeToValue(tree, type);
      if (document != null) {
        return document;
      }
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(what, e);
    }
    throw damaged(what, null);
  }

  private static EngineException damaged(
      String what, @org.jspecify.annotations.Nullable Exception cause) {
    return new EngineException(
        Reason.ArchiveDamaged,
        what
            + " cannot be read: it is damaged, or not written by pgbackup. "
            + "`pgbackup verify` shows what else is affected.",
        cause);
  }
}
