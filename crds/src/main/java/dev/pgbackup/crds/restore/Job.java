package dev.pgbackup.crds.restore;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.PodSettings;
import dev.pgbackup.crds.common.Resources;
import dev.pgbackup.crds.common.Rules;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The Job that restores and replays. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Job(
    @JsonPropertyDescription(
            "What the agent's container may use. Default: what the operator is set to. PostgreSQL's"
                + " container gets what the workload's has.")
        @Nullable Resources resources,
    @JsonPropertyDescription("After this time the restore is given up.")
        @Default(Job.ACTIVE_DEADLINE)
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        @ValidationRule(value = Rules.MORE_THAN_NOTHING, message = Rules.MORE_THAN_NOTHING_MESSAGE)
        String activeDeadline,
    @JsonPropertyDescription(
            "How often the pod is started again after it failed. What cannot change is not tried"
                + " again.")
        @Default(Job.RETRIES)
        @Min(0)
        @Max(100)
        Integer retries,
    @JsonPropertyDescription("Files and objects that are fetched at the same time, 1 to 64.")
        @Default(Job.PARALLELISM)
        @Min(1)
        @Max(64)
        Integer parallelism,
    @JsonPropertyDescription(
            "What else is said about the pod. Default: it may run where the policy's database may.")
        @Nullable PodSettings pod) {

  static final String ACTIVE_DEADLINE = "12h";
  static final String RETRIES = "2";
  static final String PARALLELISM = "4";

  /** What the operator is set to. */
  public static final Job DEFAULT =
      new Job(null, ACTIVE_DEADLINE, Integer.valueOf(RETRIES), Integer.valueOf(PARALLELISM), null);

  public Job {
    activeDeadline = requireNonNullElse(activeDeadline, ACTIVE_DEADLINE);
    retries = requireNonNullElse(retries, Integer.valueOf(RETRIES));
    parallelism = requireNonNullElse(parallelism, Integer.valueOf(PARALLELISM));
  }
}
