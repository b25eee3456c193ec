package dev.pgbackup.operator.restore.step;

import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.contract.restore.RestoreStatus;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.agent.AgentAddress;
import dev.pgbackup.operator.agent.AgentClient;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.JobOutcome;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.restore.model.JobPod;
import dev.pgbackup.operator.restore.model.JobReports;
import dev.pgbackup.operator.restore.model.RestoreJob;
import dev.pgbackup.operator.restore.model.ReviewWords;
import dev.pgbackup.operator.status.ConditionType;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Follows the Job that restores to its end, and says how far it is. */
@Singleton
public final class FollowRestoreJob implements RestoreStep {

  private static final int LOG_LINES = 40;
  private static final String CHECKS_FAILED = "ChecksFailed";

  private final ClusterReader cluster;
  private final ObjectWriter objects;
  private final AgentClient agents;
  private final RestoreJob.Defaults defaults;

  public FollowRestoreJob(
      ClusterReader cluster, ObjectWriter objects, AgentClient agents, OperatorSettings settings) {
    this.cluster = cluster;
    this.objects = objects;
    this.agents = agents;
    this.defaults = new RestoreJob.Defaults(settings.agent().image(), settings.agent().port());
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    PgRestore restore = run.restore();
    Optional<Job> job = cluster.job(run.namespace(), RestoreJob.name(restore));
    if (job.isEmpty()) {
      return StepOutcome.Wait;
    }
    List<Pod> pods =
        cluster.pods(
            run.namespace(),
            Names.restoreLabels(RestoreJob.COMPONENT, restore.getMetadata().getName()));
    Optional<Pod> pod = JobReports.newest(pods);
    return switch (JobOutcome.of(job.get())) {
      case Active -> active(run, pod);
      case Complete -> complete(run, pod);
      case Failed -> failed(run, job.get(), pod);
    };
  }

  private StepOutcome active(RestoreRun run, Optional<Pod> pod) {
    PodHealth health = pod.map(PodHealth::of).orElse(PodHealth.NONE);
    if (health.ip() != null) {
      ask(run, pod.orElseThrow(), new AgentAddress(health.ip(), defaults.port()));
    } else if (pod.filter(JobReports::hasFailed).isPresent()) {
      run.notes().turn(phase(run), "TriedAgain", lastTry(pod.get()));
    } else if (pod.flatMap(p -> JobReports.end(p, AgentContainer.NAME)).isPresent()) {
      run.notes().turn(phase(run), "PodEnding", "The agent is done; its pod ends.");
    } else if (health.trouble() != null) {
      run.notes().turn(phase(run), health.trouble().reason(), health.trouble().message());
    } else {
      run.notes()
          .turn(
              phase(run),
              "PodStarting",
              health.waiting() == null ? "The pod is being started." : health.waiting());
    }
    return StepOutcome.Wait;
  }

  private static String lastTry(Pod pod) {
    return JobReports.report(pod, AgentContainer.NAME)
        .map(report -> "It is tried again. The last try failed: " + report.message())
        .or(
            () ->
                JobReports.disruption(pod)
                    .map(why -> "It is tried again. The pod was ended by Kubernetes: " + why))
        .orElse("It is tried again. The last pod failed and does not say why.");
  }

  /** What it was in before, as long as nobody says anything else. */
  private static RestorePhase phase(RestoreRun run) {
    RestorePhase phase = run.notes().phase();
    if (phase == RestorePhase.AwaitingApproval) {
      return RestorePhase.Replaying;
    }
    return phase == RestorePhase.RestoringBase || phase == RestorePhase.Replaying
        ? phase
        : RestorePhase.Provisioning;
  }

  private void ask(RestoreRun run, Pod pod, AgentAddress address) {
    RestoreStatus status;
    try {
      status = agents.restoreStatus(address);
    } catch (AgentUnreachable | AgentRefused e) {
      if (run.notes().phase() != RestorePhase.AwaitingApproval) {
        run.notes().turn(phase(run), "JobRunning", "The Job runs.");
      }
      return;
    }
    if (status.progress() != null) {
      run.notes().progress(status.progress());
    }
    run.notes().checks(status.checks());
    switch (status.phase()) {
      case RestoringBase ->
          run.notes()
              .turn(
                  RestorePhase.RestoringBase,
                  "RestoringBase",
                  "The files of the base backup are laid down.");
      case Replaying, Finishing -> {
        run.notes().passed(ConditionType.BaseRestored, "The base backup is in place.");
        run.notes().turn(RestorePhase.Replaying, "Replaying", "PostgreSQL replays WAL.");
      }
      case AwaitingApproval -> {
        run.notes().passed(ConditionType.BaseRestored, "The base backup is in place.");
        awaitApproval(run, pod, status);
      }
      case Planning, Succeeded, Failed, Unknown ->
          run.notes().turn(phase(run), "JobRunning", "The Job runs.");
    }
  }

  private void awaitApproval(RestoreRun run, Pod pod, RestoreStatus status) {
    run.notes()
        .passed(ConditionType.RecoveryTargetReached, "PostgreSQL has replayed up to the target.");
    checksPassed(run);
    if (!run.restore().getSpec().approved()) {
      run.awaitApproval(ReviewWords.atTarget(run.restore(), pod, status.paused()));
      return;
    }
    // Its files have the approval, for whoever looks after them.
    new JobPod(run.restore(), run.source(), defaults).prerequisites().forEach(objects::apply);
    run.approved();
    run.notes()
        .turn(
            RestorePhase.Replaying,
            "ApprovalOnItsWay",
            "It is approved; the waiting server learns it within two minutes.");
  }

  private static void checksPassed(RestoreRun run) {
    if (run.restore().getSpec().review().hasChecks()) {
      run.notes().passed(ConditionType.ChecksPassed, "All checks passed at the target.");
    }
  }

  private StepOutcome complete(RestoreRun run, Optional<Pod> pod) {
    Optional<RestoreReport> report = pod.flatMap(p -> JobReports.report(p, AgentContainer.NAME));
    report.map(RestoreReport::recovered).ifPresent(run.notes()::recovered);
    report.map(RestoreReport::checks).ifPresent(run.notes()::checks);
    checksPassed(run);
    if (run.restore().getSpec().review().isManual() && run.restore().getSpec().approved()) {
      run.approved();
    }
    run.notes().passed(ConditionType.BaseRestored, "The base backup is in place.");
    run.notes()
        .passed(
            ConditionType.RecoveryTargetReached,
            "PostgreSQL has replayed up to the target, and was shut down cleanly.");
    return StepOutcome.Proceed;
  }

  private StepOutcome failed(RestoreRun run, Job job, Optional<Pod> pod) {
    pod.flatMap(p -> cluster.log(p, AgentContainer.NAME, LOG_LINES))
        .ifPresent(log -> run.notes().lastLogs(log));
    Optional<RestoreReport> report = pod.flatMap(p -> JobReports.report(p, AgentContainer.NAME));
    report.map(RestoreReport::checks).ifPresent(run.notes()::checks);
    if (report.isPresent() && CHECKS_FAILED.equals(report.get().reason())) {
      run.notes().refused(ConditionType.ChecksPassed, CHECKS_FAILED, report.get().message());
    }
    if (report.isPresent() && report.get().reason() != null) {
      return run.fail(report.get().reason(), report.get().message());
    }
    Optional<String> outOfMemory =
        pod.flatMap(p -> JobReports.end(p, AgentContainer.NAME))
            .map(ContainerStateTerminated::getReason)
            .filter("OOMKilled"::equals);
    if (outOfMemory.isPresent()) {
      return run.fail(
          outOfMemory.get(),
          "The agent needed more memory than its limit allows and was killed. Raise job.resources.limits.memory in another PgRestore.");
    }
    JobCondition condition = JobOutcome.condition(job, "Failed").orElseThrow();
    return "DeadlineExceeded".equals(condition.getReason())
        ? run.fail(
            "DeadlineExceeded",
            "The restore was not done within job.activeDeadline. Give another PgRestore more time.")
        : run.fail(
            "JobBackoffLimit",
            "The Job %s failed: %s. See status.lastLogs."
                .formatted(job.getMetadata().getName(), condition.getMessage()));
  }
}
