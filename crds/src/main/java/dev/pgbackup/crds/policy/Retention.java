package dev.pgbackup.crds.policy;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What is kept, and for how long. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Retention(
    @JsonPropertyDescription("How far back every moment can be restored.")
        @Default(Retention.RECOVERY_WINDOW)
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        @ValidationRule(
            value = "self.matches('[1-9]')",
            message = "must be longer than 0: a window of nothing could restore nothing")
        String recoveryWindow,
    @JsonPropertyDescription(
            "How many of the newest base backups are kept however old they are, at least 1.")
        @Default(Retention.MIN_BACKUPS)
        @Min(1)
        @Max(1000)
        Integer minBackups,
    @JsonPropertyDescription(
            "How many PgBackup objects are kept. The archive does not depend on them.")
        @Default("{}")
        RecordLimit recordLimit) {

  static final String RECOVERY_WINDOW = "14d";
  static final String MIN_BACKUPS = "2";

  /** Two weeks. */
  public static final Retention DEFAULT =
      new Retention(RECOVERY_WINDOW, Integer.valueOf(MIN_BACKUPS), RecordLimit.DEFAULT);

  public Retention {
    recoveryWindow = requireNonNullElse(recoveryWindow, RECOVERY_WINDOW);
    minBackups = requireNonNullElse(minBackups, Integer.valueOf(MIN_BACKUPS));
    recordLimit = requireNonNullElse(recordLimit, RecordLimit.DEFAULT);
  }

  /** How many {@code PgBackup} objects of a policy are kept, the newest first. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RecordLimit(
      @JsonPropertyDescription("Of backups that are in the archive.")
          @Default(RecordLimit.SUCCEEDED)
          @Min(1)
          @Max(10000)
          Integer succeeded,
      @JsonPropertyDescription("Of backups that failed.")
          @Default(RecordLimit.FAILED)
          @Min(0)
          @Max(10000)
          Integer failed) {

    static final String SUCCEEDED = "50";
    static final String FAILED = "10";

    /** Enough for a person to look back. */
    public static final RecordLimit DEFAULT =
        new RecordLimit(Integer.valueOf(SUCCEEDED), Integer.valueOf(FAILED));

    public RecordLimit {
      succeeded = requireNonNullElse(succeeded, Integer.valueOf(SUCCEEDED));
      failed = requireNonNullElse(failed, Integer.valueOf(FAILED));
    }
  }
}
