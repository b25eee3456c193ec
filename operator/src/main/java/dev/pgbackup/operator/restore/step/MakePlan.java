package dev.pgbackup.operator.restore.step;

import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreSpec;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.agent.AgentAddress;
import dev.pgbackup.operator.agent.AgentClient;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.backup.model.BackupRecords;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.lookup.PolicyLookup;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.JobOutcome;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.restore.model.JobReports;
import dev.pgbackup.operator.restore.model.PlanArguments;
import dev.pgbackup.operator.restore.model.PlanJob;
import dev.pgbackup.operator.restore.model.RestoreJob;
import dev.pgbackup.operator.restore.model.RestoreTargets;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Has the target looked up, before anything is created: by the agent of the policy, which knows the
 * archive, else by a short Job.
 */
@Singleton
public final class MakePlan implements RestoreStep {

  private static final int REFUSED = 422;
  private static final int BAD_REQUEST = 400;
  private static final int LOG_LINES = 400;
  private static final Duration LONGEST_WAY = Duration.ofSeconds(15);

  private final ClusterReader cluster;
  private final ObjectWriter objects;
  private final PolicyLookup policies;
  private final AgentClient agents;
  private final Clock clock;
  private final OperatorSettings settings;

  public MakePlan(
      ClusterReader cluster,
      ObjectWriter objects,
      PolicyLookup policies,
      AgentClient agents,
      Clock clock,
      OperatorSettings settings) {
    this.cluster = cluster;
    this.objects = objects;
    this.policies = policies;
    this.agents = agents;
    this.clock = clock;
    this.settings = settings;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (run.notes().plan() != null) {
      return StepOutcome.Proceed;
    }
    PgRestore restore = run.restore();
    run.notes()
        .turn(
            RestorePhase.Preflight,
            "Planning",
            "The target, "
                + RestoreTargets.describe(restore.getSpec())
                + ", is looked up in the archive.");
    Optional<String> unknown = unknownBackup(run);
    if (unknown.isPresent()) {
      return run.refuse("BackupNotFound", unknown.get());
    }
    PgBackupPolicy policy = run.source().policy();
    Optional<AgentAddress> agent = policy == null ? Optional.empty() : policies.agent(policy);
    return agent.isPresent() ? ask(run, agent.get()) : runJob(run);
  }

  private StepOutcome ask(RestoreRun run, AgentAddress agent) {
    try {
      if (isOnItsWay(run, agents.status(agent))) {
        return run.wait(
            RestorePhase.Preflight,
            "AwaitingArchive",
            "What was written before this restore was asked for is on its way into the archive.");
      }
      run.notes()
          .plan(
              agents.plan(agent, PlanArguments.request(run.restore(), backupId(run).orElse(null))));
      return StepOutcome.Proceed;
    } catch (AgentRefused e) {
      return e.status() == REFUSED || e.status() == BAD_REQUEST
          ? run.refuse(e.refusal().reason(), e.refusal().message())
          : runJob(run);
    } catch (AgentUnreachable e) {
      return runJob(run);
    }
  }

  /**
   * Whether the archive does not have everything yet that was there when the restore was asked for.
   * Waited for is only as long as an agent that is well may take.
   */
  private boolean isOnItsWay(RestoreRun run, AgentStatus agent) {
    Instant asked = Instant.parse(run.restore().getMetadata().getCreationTimestamp());
    Instant durable = agent.archiving().lastDurableTime();
    return agent.archiving().state() == ArchivingStatus.State.Streaming
        && durable != null
        // The time of creation is cut to seconds.
        && durable.isBefore(asked.plusSeconds(1))
        && clock.instant().isBefore(asked.plus(LONGEST_WAY));
  }

  /** The id of the backup that is asked for, by its object or by itself. */
  private Optional<String> backupId(RestoreRun run) {
    PgRestoreSpec.BackupChoice choice = run.restore().getSpec().backup();
    if (choice == null) {
      return Optional.empty();
    }
    return choice.name() == null
        ? Optional.ofNullable(choice.backupId())
        : cluster.backup(run.namespace(), choice.name()).flatMap(BackupRecords::backupId);
  }

  private Optional<String> unknownBackup(RestoreRun run) {
    PgRestoreSpec.BackupChoice choice = run.restore().getSpec().backup();
    return choice == null || choice.name() == null || backupId(run).isPresent()
        ? Optional.empty()
        : Optional.of(
            "There is no PgBackup \"%s\" that has a backup in the archive. See `kubectl get pgbackups`."
                .formatted(choice.name()));
  }

  private StepOutcome runJob(RestoreRun run) {
    Optional<Job> job = cluster.job(run.namespace(), PlanJob.name(run.restore()));
    if (job.isEmpty()) {
      List<HasMetadata> all =
          PlanJob.objects(
              run.restore(),
              run.source(),
              backupId(run).orElse(null),
              new RestoreJob.Defaults(settings.agent().image(), settings.agent().port()));
      all.subList(0, all.size() - 1).forEach(objects::apply);
      objects.createIfAbsent(all.get(all.size() - 1));
      return StepOutcome.Wait;
    }
    Optional<Pod> pod = pod(run.restore());
    JobOutcome outcome = JobOutcome.of(job.get());
    if (outcome == JobOutcome.Active) {
      pod.map(PodHealth::of)
          .map(PodHealth::trouble)
          .ifPresent(
              trouble ->
                  run.notes().turn(RestorePhase.Preflight, trouble.reason(), trouble.message()));
      return StepOutcome.Wait;
    }
    String log = pod.flatMap(p -> cluster.log(p, AgentContainer.NAME, LOG_LINES)).orElse("");
    return outcome == JobOutcome.Complete ? planned(run, log) : refused(run, log);
  }

  private StepOutcome planned(RestoreRun run, String log) {
    Optional<PlanDocument> plan =
        JobReports.document(log, PlanDocument.class, document -> isSaid(document.backupId()));
    if (plan.isEmpty()) {
      return run.refuse(
          "InternalError", "The Job that made the plan left none in its log:\n" + log);
    }
    run.notes().plan(plan.get());
    return StepOutcome.Proceed;
  }

  private StepOutcome refused(RestoreRun run, String log) {
    Optional<Refusal> refusal =
        JobReports.document(log, Refusal.class, document -> isSaid(document.reason()));
    return refusal
        .map(no -> run.refuse(no.reason(), no.message()))
        .orElseGet(
            () -> {
              run.notes().lastLogs(log);
              return run.refuse(
                  "PlanFailed",
                  "The Job %s failed and does not say why; see status.lastLogs."
                      .formatted(PlanJob.name(run.restore())));
            });
  }

  /** Documents are read leniently: a field of another kind of document may be missing. */
  private static boolean isSaid(@Nullable String text) {
    return text != null && !text.isEmpty();
  }

  private Optional<Pod> pod(PgRestore restore) {
    return JobReports.newest(
        cluster.pods(
            restore.getMetadata().getNamespace(),
            Names.restoreLabels(PlanJob.COMPONENT, restore.getMetadata().getName())));
  }
}
