package dev.pgbackup.crds.policy;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import dev.pgbackup.crds.common.Words;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** When and how base backups are taken. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record BaseBackup(
    @JsonPropertyDescription(
            "When, as a cron expression of five fields (minute, hour, day of month, month, day of"
                + " week); empty: only when asked for by a PgBackup.")
        @Default(BaseBackup.SCHEDULE)
        @Size(max = 128)
        @ValidationRule(
            value = "self == '' || self.matches('^[0-9A-Za-z*,/-]+( +[0-9A-Za-z*,/-]+){4}$')",
            message =
                "must be a cron expression of five fields, such as '0 2 * * *', or empty for none")
        String schedule,
    @JsonPropertyDescription("Time zone of the schedule, a name of the tz database.")
        @Default(BaseBackup.TIME_ZONE)
        @Size(min = 1, max = 64)
        @ValidationRule(
            value = "self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$')",
            message = "must be a name of the tz database, such as Europe/Berlin")
        String timeZone,
    @JsonPropertyDescription(
            "Whether the first backup is taken at once, and one after a gap in the WAL.")
        @Default("true")
        Boolean immediate,
    @JsonPropertyDescription(
            "Up to this much later than scheduled, by chance, so that many databases do not begin at"
                + " once.")
        @Default(BaseBackup.JITTER)
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        String jitter,
    @JsonPropertyDescription("Connections that read at the same time, 1 to 64.")
        @Default(BaseBackup.PARALLELISM)
        @Min(1)
        @Max(64)
        Integer parallelism,
    @JsonPropertyDescription(
            "Bytes per second that are read at most, at least 1Mi. Default: no limit.")
        @Nullable
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.SIZE, message = Rules.SIZE_MESSAGE)
        @ValidationRule(
            value = "!isQuantity(self) || quantity(self).compareTo(quantity('1Mi')) >= 0",
            message = "must be at least 1Mi")
        String maxRate,
    @JsonPropertyDescription(
            "Checkpoint with which a backup begins: Fast at once, Spread as slowly as the server"
                + " spreads it.")
        @Default(BaseBackup.CHECKPOINT)
        Checkpoint checkpoint,
    @JsonPropertyDescription("After this time a backup is given up.")
        @Default(BaseBackup.TIMEOUT)
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        @ValidationRule(value = Rules.MORE_THAN_NOTHING, message = Rules.MORE_THAN_NOTHING_MESSAGE)
        String timeout) {

  static final String SCHEDULE = "0 2 * * *";
  static final String TIME_ZONE = "Etc/UTC";
  static final String JITTER = "0s";
  static final String PARALLELISM = "4";
  static final String CHECKPOINT = "Fast";
  static final String TIMEOUT = "6h";

  /** Every night. */
  public static final BaseBackup DEFAULT =
      new BaseBackup(
          SCHEDULE,
          TIME_ZONE,
          true,
          JITTER,
          Integer.valueOf(PARALLELISM),
          null,
          Checkpoint.of(CHECKPOINT),
          TIMEOUT);

  public BaseBackup {
    schedule = requireNonNullElse(schedule, SCHEDULE);
    timeZone = requireNonNullElse(timeZone, TIME_ZONE);
    immediate = requireNonNullElse(immediate, true);
    jitter = requireNonNullElse(jitter, JITTER);
    parallelism = requireNonNullElse(parallelism, Integer.valueOf(PARALLELISM));
    checkpoint = requireNonNullElse(checkpoint, Checkpoint.of(CHECKPOINT));
    timeout = requireNonNullElse(timeout, TIMEOUT);
  }

  /** How the checkpoint is made with which a backup begins. */
  public enum Checkpoint {
    Fast,
    Spread,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static Checkpoint of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }
}
