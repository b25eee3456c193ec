package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.lookup.PolicyLookup;
import dev.pgbackup.operator.restore.model.RestorePlace;
import dev.pgbackup.operator.restore.model.RestoreSource;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.workload.UnsuitableTarget;
import java.util.Objects;
import java.util.Optional;

/** Finds the database of a swap that has begun. What is missing is waited for: nothing gives up here. */
final class FindTarget implements RestoreStep {

  private final ClusterReader cluster;
  private final PolicyLookup policies;

  FindTarget(ClusterReader cluster, PolicyLookup policies) {
    this.cluster = cluster;
    this.policies = policies;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    SwapStatus swap = Objects.requireNonNull(run.notes().swap());
    String name = Objects.requireNonNull(swap.policy());
    Optional<PgBackupPolicy> policy = cluster.policy(run.namespace(), name);
    if (policy.isEmpty()) {
      return run.wait(
          run.notes().phase(),
          "PolicyNotFound",
          "The policy \"%s\" is gone in the middle of a swap. Apply it again, so that the swap goes on."
              .formatted(name));
    }
    try {
      run.source(
          new RestoreSource(
              policy.get(),
              policy.get().getSpec().storage().s3(),
              policy.get().getStatus() == null ? null : policy.get().getStatus().archiveId(),
              policies.resolve(policy.get()),
              null));
      run.place(new RestorePlace(Objects.requireNonNullElse(swap.dataPath(), "")));
      return StepOutcome.Proceed;
    } catch (UnsuitableTarget e) {
      return run.wait(
          run.notes().phase(),
          e.kind().name(),
          "The swap stands still: " + e.getMessage());
    }
  }
}
