package dev.pgbackup.operator.policy;

import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.agent.OperatorKeys;
import dev.pgbackup.operator.backup.model.BackupRecords;
import dev.pgbackup.operator.kube.EventRecorder;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.kube.WatchedCluster;
import dev.pgbackup.operator.policy.PolicyObserver.TargetFinding;
import dev.pgbackup.operator.policy.model.AgentObjects;
import dev.pgbackup.operator.policy.model.PolicyFacts;
import dev.pgbackup.operator.policy.model.PolicyStatuses;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import dev.pgbackup.operator.status.Notice;
import dev.pgbackup.operator.status.StatusPace;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps the agent of a policy as the policy says, and the policy's status as the agent says. */
@Singleton
@GradualRetry(maxAttempts = -1, initialInterval = 1_000, maxInterval = 60_000)
@ControllerConfiguration(
    name = "policies",
    finalizerName = PolicyReconciler.FINALIZER,
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.MINUTES))
public final class PolicyReconciler implements Reconciler<PgBackupPolicy>, Cleaner<PgBackupPolicy> {

  static final String FINALIZER = "pgbackup.dev/replication-slot";

  private static final Duration LONG_SILENCE = Duration.ofMinutes(1);

  private final WatchedCluster cluster;
  private final PolicyObserver observer;
  private final ObjectWriter objects;
  private final ArchiveFollower archive;
  private final AgentRetirement retirement;
  private final OperatorKeys keys;
  private final EventRecorder events;
  private final StatusPace pace;
  private final Clock clock;
  private final OperatorSettings settings;

  public PolicyReconciler(
      WatchedCluster cluster,
      PolicyObserver observer,
      ObjectWriter objects,
      ArchiveFollower archive,
      AgentRetirement retirement,
      OperatorKeys keys,
      EventRecorder events,
      StatusPace pace,
      Clock clock,
      OperatorSettings settings) {
    this.cluster = cluster;
    this.observer = observer;
    this.objects = objects;
    this.archive = archive;
    this.retirement = retirement;
    this.keys = keys;
    this.events = events;
    this.pace = pace;
    this.clock = clock;
    this.settings = settings;
  }

  @Override
  public List<EventSource<?, PgBackupPolicy>> prepareEventSources(
      EventSourceContext<PgBackupPolicy> context) {
    return cluster.watch(context);
  }

  @Override
  public UpdateControl<PgBackupPolicy> reconcile(
      PgBackupPolicy policy, Context<PgBackupPolicy> context) {
    TargetFinding finding = observer.target(policy);
    AgentObjects agent = finding.target() == null ? null : run(policy, finding);
    PolicyFacts facts =
        observer.observe(policy, finding, agent == null ? null : agent.configText());
    if (facts.agent() != null) {
      archive.follow(policy, facts.agent());
    }
    return publish(policy, facts);
  }

  private AgentObjects run(PgBackupPolicy policy, TargetFinding finding) {
    AgentObjects agent =
        AgentObjects.of(
            policy,
            Objects.requireNonNull(finding.target()),
            new AgentObjects.Defaults(
                settings.agent().image(), settings.agent().port(), keys.get().publicPem()));
    agent.all().forEach(this::apply);
    return agent;
  }

  private <T extends HasMetadata> void apply(T desired) {
    objects.apply(desired, cluster.lastSeen(desired));
  }

  private UpdateControl<PgBackupPolicy> publish(PgBackupPolicy policy, PolicyFacts facts) {
    PgBackupPolicyStatus before = policy.getStatus();
    PgBackupPolicyStatus after =
        PolicyStatuses.of(
            policy,
            facts,
            id -> BackupRecords.name(policy.getMetadata().getName(), id),
            clock.instant());
    UpdateControl<PgBackupPolicy> control = UpdateControl.noUpdate();
    if (isWorthWriting(policy, before, after)) {
      events.tell(
          policy, Notice.of(before == null ? null : before.conditions(), after.conditions()));
      policy.setStatus(after);
      control = UpdateControl.patchStatus(policy);
    }
    return control.rescheduleAfter(Jitter.of(nextLook(after, facts)));
  }

  private boolean isWorthWriting(
      PgBackupPolicy policy, @Nullable PgBackupPolicyStatus before, PgBackupPolicyStatus after) {
    return !after.equals(before)
        && pace.admits(
            policy.getMetadata().getUid(), PolicyStatuses.differInMeaning(before, after));
  }

  private Duration nextLook(PgBackupPolicyStatus status, PolicyFacts facts) {
    if (facts.agentProblem() != null && isSilentForLong(status)) {
      // Each call that is in vain holds a thread: many silent agents must not hold up the others.
      return settings.polling().interval();
    }
    AgentStatus agent = facts.agent();
    boolean busy =
        Conditions.isTrue(status.conditions(), ConditionType.Reconciling)
            || (agent != null && agent.currentBackup() != null);
    return busy ? settings.polling().busy() : settings.polling().interval();
  }

  private boolean isSilentForLong(PgBackupPolicyStatus status) {
    return Conditions.find(status.conditions(), ConditionType.AgentAvailable)
        .map(c -> Instant.parse(c.getLastTransitionTime()))
        .filter(since -> since.plus(LONG_SILENCE).isBefore(clock.instant()))
        .isPresent();
  }

  @Override
  public DeleteControl cleanup(PgBackupPolicy policy, Context<PgBackupPolicy> context) {
    if (!retirement.isDone(policy)) {
      return DeleteControl.noFinalizerRemoval()
          .rescheduleAfter(settings.polling().busy().toMillis());
    }
    archive.forget(policy);
    observer.forget(policy);
    pace.forget(policy.getMetadata().getUid());
    return DeleteControl.defaultDelete();
  }
}
