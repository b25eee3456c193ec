package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreSpec;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.Source;
import dev.pgbackup.operator.agent.AgentClient;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.lookup.PolicyLookup;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.restore.model.RestoreSource;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Expiry;
import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.UnsuitableTarget;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the archive, and the database that the restored one shall be like. */
@Singleton
public final class FindSource implements RestoreStep {

  private final ClusterReader cluster;
  private final PolicyLookup policies;
  private final AgentClient agents;

  public FindSource(ClusterReader cluster, PolicyLookup policies, AgentClient agents) {
    this.cluster = cluster;
    this.policies = policies;
    this.agents = agents;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    Source source = run.restore().getSpec().source();
    if (source.policyRef() != null) {
      return ofPolicy(run, source.policyRef().name());
    }
    if (source.retainedVolume() != null) {
      return ofRetainedVolume(run, source.retainedVolume());
    }
    Source.ArchiveLocation location = source.storage();
    if (location == null) {
      return run.refuse("InvalidSource", "source has neither policyRef nor storage.");
    }
    run.source(new RestoreSource(null, location.s3(), location.archiveId(), null, null));
    return StepOutcome.Proceed;
  }

  private StepOutcome ofRetainedVolume(RestoreRun run, Source.RetainedVolumeSource retained) {
    String name = retained.claimName();
    Optional<String> end = Optional.empty();
    if (retained.restoreRef() != null) {
      String ref = retained.restoreRef().name();
      Optional<PgRestore> restore = cluster.restore(run.namespace(), ref);
      if (restore.isEmpty()) {
        return run.wait(
            RestorePhase.Pending,
            "RestoreNotFound",
            "There is no PgRestore \"%s\"; it is waited for. If it was deleted, name the claim that keeps the volume in source.retainedVolume.claimName."
                .formatted(ref));
      }
      PgRestoreStatus status = restore.get().getStatus();
      if (status == null || status.phase() == null || !status.phase().isTerminal()) {
        return run.wait(
            RestorePhase.Pending,
            "RestoreInProgress",
            "The restore \"%s\" is not done yet; it is waited for.".formatted(ref));
      }
      if (status.swap() == null || status.swap().retainedClaim() == null) {
        return run.refuse(
            "NoRetainedVolume",
            "The restore \"%s\" has not replaced a volume, so there is nothing to put back. See its status; if the manifest was applied again, name the claim in source.retainedVolume.claimName."
                .formatted(ref));
      }
      name = status.swap().retainedClaim();
      end = Expiry.epitaph(status);
    }
    Optional<PersistentVolumeClaim> claim =
        cluster.claim(run.namespace(), Objects.requireNonNull(name));
    if (claim.isEmpty() && end.isPresent()) {
      return run.refuse(Expiry.OVER, end.get());
    }
    Optional<String> policy = claim.flatMap(Claims::retainedOfPolicy);
    if (policy.isEmpty()) {
      return run.refuse(
          "NoRetainedVolume",
          claim.isEmpty()
              ? "There is no claim \"%s\" (any more), so there is nothing to put back."
                  .formatted(name)
              : "The claim \"%s\" does not keep a volume that a swap has replaced."
                  .formatted(name));
    }
    run.notes().volume(name, claim.get().getSpec().getVolumeName());
    if (cluster.policy(run.namespace(), policy.get()).isEmpty()) {
      return run.wait(
          RestorePhase.Pending,
          "PolicyNotFound",
          "There is no PgBackupPolicy \"%s\" (any more), whose database it is; it is waited for. The volume of claim \"%s\" has the policy's replication slot, which without a policy holds back WAL for ever: if you put it back by hand, drop the slot there (%s, unless slotName said otherwise)."
              .formatted(policy.get(), name, Names.slot(policy.get())));
    }
    return ofPolicy(run, policy.get());
  }

  private StepOutcome ofPolicy(RestoreRun run, String name) {
    Optional<PgBackupPolicy> policy = cluster.policy(run.namespace(), name);
    if (policy.isEmpty()) {
      return run.wait(
          RestorePhase.Pending,
          "PolicyNotFound",
          "There is no PgBackupPolicy \"%s\" in namespace %s; it is waited for."
              .formatted(name, run.namespace()));
    }
    try {
      run.source(source(run, policy.get()));
      return StepOutcome.Proceed;
    } catch (UnsuitableTarget e) {
      return run.refuse(
          e.kind().name(),
          e.getMessage()
              + " To restore without the database, give postgres.image and volume.size.");
    }
  }

  private RestoreSource source(RestoreRun run, PgBackupPolicy policy) {
    PgRestoreSpec spec = run.restore().getSpec();
    ResolvedTarget target = null;
    DataVolume volume = null;
    try {
      target = policies.resolve(policy);
      volume = target.dataVolume(policy.getSpec().target(), dataDirectory(policy));
    } catch (UnsuitableTarget e) {
      if (spec.postgres() == null || spec.volume().size() == null) {
        throw e;
      }
    }
    if (volume != null) {
      cluster.claim(run.namespace(), volume.claim()).ifPresent(run::original);
    }
    return new RestoreSource(
        policy,
        policy.getSpec().storage().s3(),
        policy.getStatus() == null ? null : policy.getStatus().archiveId(),
        target,
        volume);
  }

  /** As the server says it, which its agent knows. */
  private @Nullable String dataDirectory(PgBackupPolicy policy) {
    return policies
        .agent(policy)
        .map(
            address -> {
              try {
                return agents.status(address).database();
              } catch (AgentUnreachable | AgentRefused e) {
                return null;
              }
            })
        .map(database -> database.dataDirectory())
        .orElse(null);
  }
}
