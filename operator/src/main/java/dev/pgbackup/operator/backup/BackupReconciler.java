package dev.pgbackup.operator.backup;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.crds.backup.BackupPhase;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.backup.PgBackupStatus;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.agent.AgentAddress;
import dev.pgbackup.operator.agent.AgentClient;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.backup.model.BackupRecords;
import dev.pgbackup.operator.backup.model.BackupStatuses;
import dev.pgbackup.operator.kube.EventRecorder;
import dev.pgbackup.operator.lookup.PolicyLookup;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.status.Notice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Hands requests for backups to the agent and shows how far they are. */
@Singleton
@GradualRetry(maxAttempts = -1, initialInterval = 1_000, maxInterval = 60_000)
@ControllerConfiguration(
    name = "backups",
    maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.HOURS))
public final class BackupReconciler implements Reconciler<PgBackup> {

  private static final int TOO_BUSY = 409;

  private final KubernetesClient client;
  private final RecordKeeper records;
  private final PolicyLookup policies;
  private final AgentClient agents;
  private final EventRecorder events;
  private final Clock clock;
  private final Duration pause;

  public BackupReconciler(
      KubernetesClient client,
      RecordKeeper records,
      PolicyLookup policies,
      AgentClient agents,
      EventRecorder events,
      Clock clock,
      OperatorSettings settings) {
    this.client = client;
    this.records = records;
    this.policies = policies;
    this.agents = agents;
    this.events = events;
    this.clock = clock;
    this.pause = settings.polling().busy();
  }

  @Override
  public List<EventSource<?, PgBackup>> prepareEventSources(EventSourceContext<PgBackup> context) {
    records.watch(context.getPrimaryCache());
    return List.of();
  }

  @Override
  public UpdateControl<PgBackup> reconcile(PgBackup backup, Context<PgBackup> context) {
    if (BackupRecords.isRecord(backup) || isOver(backup)) {
      return UpdateControl.noUpdate();
    }
    PgBackupStatus before = backup.getStatus();
    PgBackupStatus after = status(backup);
    UpdateControl<PgBackup> control = UpdateControl.noUpdate();
    if (!after.equals(before)) {
      events.tell(
          backup, Notice.of(before == null ? null : before.conditions(), after.conditions()));
      backup.setStatus(after);
      control = UpdateControl.patchStatus(backup);
    }
    return isOver(after) ? control : control.rescheduleAfter(pause);
  }

  private static boolean isOver(PgBackup backup) {
    return backup.getStatus() != null && isOver(backup.getStatus());
  }

  private static boolean isOver(PgBackupStatus status) {
    return status.phase() != null && status.phase().isTerminal();
  }

  private PgBackupStatus status(PgBackup backup) {
    String name = backup.getSpec().policyRef().name();
    PgBackupPolicy policy =
        client
            .resources(PgBackupPolicy.class)
            .inNamespace(backup.getMetadata().getNamespace())
            .withName(name)
            .get();
    if (policy == null) {
      return waiting(
          backup,
          "PolicyNotFound",
          "There is no PgBackupPolicy \"" + name + "\"; it is waited for.");
    }
    if (policy.getSpec().suspend()) {
      return waiting(backup, "Suspended", "The policy is suspended; it is waited for.");
    }
    Optional<AgentAddress> agent = policies.agent(policy);
    if (agent.isEmpty()) {
      return waiting(
          backup,
          "AgentUnavailable",
          "The agent of policy \"" + name + "\" does not run; it is waited for.");
    }
    try {
      return ask(backup, policy, agent.get());
    } catch (AgentUnreachable e) {
      return waiting(backup, "AgentUnavailable", "The agent does not answer; it is asked again.");
    } catch (AgentRefused e) {
      return e.status() == TOO_BUSY || e.status() / 100 == 5
          ? waiting(backup, e.refusal().reason(), e.refusal().message())
          : BackupStatuses.failed(
              backup, e.refusal().reason(), e.refusal().message(), clock.instant());
    }
  }

  private PgBackupStatus waiting(PgBackup backup, String reason, String message) {
    return BackupStatuses.waiting(backup, reason, message, clock.instant());
  }

  private PgBackupStatus ask(PgBackup backup, PgBackupPolicy policy, AgentAddress agent) {
    Optional<BackupProgressStatus> known =
        agents.backupRequest(agent, backup.getMetadata().getUid());
    if (known.isEmpty()) {
      // An agent that was started anew knows no requests, but the bucket knows their backups.
      Optional<PgBackupStatus> published =
          BackupRecords.backupId(backup).flatMap(id -> published(backup, agent, id));
      if (published.isPresent()) {
        return published.get();
      }
    }
    BackupProgressStatus progress = known.orElseGet(() -> request(backup, policy, agent));
    PgBackupStatus status = BackupStatuses.progressing(backup, progress, clock.instant());
    return status.phase() == BackupPhase.Completed && status.backupId() != null
        ? published(backup, agent, status.backupId()).orElse(status)
        : status;
  }

  private BackupProgressStatus request(PgBackup backup, PgBackupPolicy policy, AgentAddress agent) {
    String audience =
        Names.audience(
            policy.getMetadata().getNamespace(),
            policy.getMetadata().getName(),
            policy.getMetadata().getUid());
    return agents.requestBackup(
        agent,
        audience,
        new BackupRequest(
            ContractJson.VERSION,
            backup.getMetadata().getUid(),
            PgBackupStatus.BackupOrigin.Manual.name()));
  }

  private Optional<PgBackupStatus> published(PgBackup backup, AgentAddress agent, String id) {
    return agents.backups(agent).backups().stream()
        .filter(document -> document.backupId().equals(id))
        .findFirst()
        .map(
            (BackupDocument document) ->
                BackupStatuses.completed(backup, document, clock.instant()));
  }
}
