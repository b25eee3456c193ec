package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestoreSpec;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.pod.JobOutcome;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.restore.model.JobReports;
import dev.pgbackup.operator.restore.model.ProbeJob;
import dev.pgbackup.operator.workload.ProcessIdentity;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Learns as whom PostgreSQL runs: from the restore, the policy, the workload, else of the image.
 */
@Singleton
public final class LearnIdentity implements RestoreStep {

  private final ClusterReader cluster;
  private final ObjectWriter objects;

  public LearnIdentity(ClusterReader cluster, ObjectWriter objects) {
    this.cluster = cluster;
    this.objects = objects;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    Optional<ProcessIdentity> known = known(run);
    if (known.isPresent()) {
      run.identity(known.get());
      return StepOutcome.Proceed;
    }
    run.notes()
        .turn(
            RestorePhase.Provisioning,
            "AskingImage",
            "The image is asked as whom it runs PostgreSQL.");
    Optional<Job> job = cluster.job(run.namespace(), ProbeJob.name(run.restore()));
    if (job.isEmpty()) {
      objects.createIfAbsent(ProbeJob.of(run.restore(), run.source()));
      return StepOutcome.Wait;
    }
    Optional<Pod> pod =
        JobReports.newest(
            cluster.pods(
                run.namespace(),
                Names.restoreLabels(ProbeJob.COMPONENT, run.restore().getMetadata().getName())));
    return switch (JobOutcome.of(job.get())) {
      case Active -> waiting(run, pod);
      case Complete -> answered(run, pod);
      case Failed -> silent(run, pod);
    };
  }

  private static Optional<ProcessIdentity> known(RestoreRun run) {
    PgRestoreSpec.Postgres postgres = run.restore().getSpec().postgres();
    if (postgres != null && postgres.runAsUser() != null) {
      return Optional.of(new ProcessIdentity(postgres.runAsUser(), postgres.runAsUser()));
    }
    ResolvedTarget target = run.source().target();
    PgBackupPolicy policy = run.source().policy();
    return target == null || policy == null
        ? Optional.empty()
        : target.identity(policy.getSpec().target());
  }

  private static StepOutcome waiting(RestoreRun run, Optional<Pod> pod) {
    pod.map(PodHealth::of)
        .map(PodHealth::trouble)
        .ifPresent(
            trouble ->
                run.notes().turn(RestorePhase.Provisioning, trouble.reason(), trouble.message()));
    return StepOutcome.Wait;
  }

  private StepOutcome answered(RestoreRun run, Optional<Pod> pod) {
    Optional<ProcessIdentity> answer =
        pod.flatMap(p -> JobReports.lastWords(p, ProbeJob.CONTAINER)).flatMap(ProbeJob::answer);
    if (answer.isEmpty()) {
      return silent(run, pod);
    }
    run.identity(answer.get());
    return StepOutcome.Proceed;
  }

  private StepOutcome silent(RestoreRun run, Optional<Pod> pod) {
    pod.flatMap(p -> JobReports.lastWords(p, ProbeJob.CONTAINER))
        .ifPresent(text -> run.notes().lastLogs(text));
    return run.fail(
        "UnknownUser",
        "The image does not say as whom it runs PostgreSQL (`id -u postgres` fails in it). Give runAsUser in postgres, or in target of the policy.");
  }
}
