package dev.pgbackup.crds.restore;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import dev.pgbackup.crds.common.Words;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How volumes are swapped. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Swap(
    @JsonPropertyDescription(
            "Whether everything must be durable in the archive before the database is stopped."
                + " Required: it is waited for. BestEffort: it goes on also while the database or its"
                + " agent does not answer; the rest is archived from the old volume afterwards.")
        @Default(Swap.FINAL_WAL_FLUSH)
        FinalWalFlush finalWalFlush,
    @JsonPropertyDescription(
            "How long the database may take to become ready on the new volume.")
        @Default(Swap.READY_TIMEOUT)
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        String readyTimeout,
    @JsonPropertyDescription(
            "What is done if it does not. Rollback: the old volume is put back. Wait: a person decides.")
        @Default(Swap.ON_NOT_READY)
        OnNotReady onNotReady,
    @JsonPropertyDescription("Whether a base backup is taken afterwards.")
        @Default("true")
        Boolean postBackup) {

  static final String FINAL_WAL_FLUSH = "Required";
  static final String READY_TIMEOUT = "10m";
  static final String ON_NOT_READY = "Rollback";

  /** Safe, and back by itself where nothing can be lost by it. */
  public static final Swap DEFAULT =
      new Swap(
          FinalWalFlush.of(FINAL_WAL_FLUSH), READY_TIMEOUT, OnNotReady.of(ON_NOT_READY), true);

  public Swap {
    finalWalFlush = requireNonNullElse(finalWalFlush, FinalWalFlush.of(FINAL_WAL_FLUSH));
    readyTimeout = requireNonNullElse(readyTimeout, READY_TIMEOUT);
    onNotReady = requireNonNullElse(onNotReady, OnNotReady.of(ON_NOT_READY));
    postBackup = requireNonNullElse(postBackup, true);
  }

  /** Whether what was written last must be durable first. */
  public enum FinalWalFlush {
    Required,
    BestEffort,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static FinalWalFlush of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }

  /** What is done with a database that does not become ready. */
  public enum OnNotReady {
    Rollback,
    Wait,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static OnNotReady of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }
}
