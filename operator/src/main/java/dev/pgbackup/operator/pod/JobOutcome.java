package dev.pgbackup.operator.pod;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.Optional;

/** Whether a Job is over. */
public enum JobOutcome {
  Active,
  Complete,
  Failed;

  public static JobOutcome of(Job job) {
    if (condition(job, "Complete").isPresent()) {
      return Complete;
    }
    return condition(job, "Failed").isPresent() ? Failed : Active;
  }

  /** A condition of a Job that is true. */
  public static Optional<JobCondition> condition(Job job, String type) {
    return job.getStatus() == null
        ? Optional.empty()
        : job.getStatus().getConditions().stream()
            .filter(c -> c.getType().equals(type) && "True".equals(c.getStatus()))
            .findFirst();
  }
}
