package dev.pgbackup.operator.swap.step;

import dev.pgbackup.contract.report.ArchivedWalReport;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.JobOutcome;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.restore.model.JobReports;
import dev.pgbackup.operator.restore.model.RestoreJob;
import dev.pgbackup.operator.restore.step.LearnIdentity;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.swap.model.ArchiveJob;
import dev.pgbackup.operator.swap.model.Exchange;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Archives what the database wrote between its last byte in the archive and its end, from the
 * volume that it was on. If that fails nothing is lost: the volume is kept.
 */
final class ArchiveOldWal implements RestoreStep {

  private static final int LOG_LINES = 20;

  private final ClusterReader cluster;
  private final ObjectWriter objects;
  private final LearnIdentity learnIdentity;
  private final RestoreJob.Defaults defaults;

  ArchiveOldWal(
      ClusterReader cluster,
      ObjectWriter objects,
      LearnIdentity learnIdentity,
      OperatorSettings settings) {
    this.cluster = cluster;
    this.objects = objects;
    this.learnIdentity = learnIdentity;
    this.defaults = new RestoreJob.Defaults(settings.agent().image(), settings.agent().port());
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Archiving)) {
      return StepOutcome.Proceed;
    }
    Optional<Job> job = cluster.job(run.namespace(), ArchiveJob.name(run.restore()));
    if (job.isEmpty()) {
      return launch(run);
    }
    return switch (JobOutcome.of(job.get())) {
      case Active -> waiting(run);
      case Complete -> archived(run);
      case Failed -> failed(run);
    };
  }

  private StepOutcome launch(RestoreRun run) {
    // It was learnt before the swap began: this only reads the answer again.
    if (learnIdentity.take(run) != StepOutcome.Proceed) {
      return waiting(run);
    }
    List<HasMetadata> all =
        ArchiveJob.objects(
            run.restore(),
            run.source(),
            Exchange.of(run.restore()).keeper(),
            run.place(),
            run.identity(),
            defaults);
    all.subList(0, all.size() - 1).forEach(objects::apply);
    objects.createIfAbsent(all.get(all.size() - 1));
    return waiting(run);
  }

  private static StepOutcome waiting(RestoreRun run) {
    return run.wait(
        RestorePhase.Starting,
        "Archiving",
        "What only the old volume has of its WAL is archived from it.");
  }

  private StepOutcome archived(RestoreRun run) {
    pod(run)
        .flatMap(pod -> JobReports.report(pod, AgentContainer.NAME, ArchivedWalReport.class))
        .ifPresent(
            report ->
                run.notes().swap(Objects.requireNonNull(run.notes().swap()).left(branch(report))));
    run.notes()
        .turn(
            RestorePhase.Starting,
            "Releasing",
            "Everything that the database had written is in the archive.");
    return run.next(SwapStep.Releasing);
  }

  private static SwapStatus.OldBranch branch(ArchivedWalReport report) {
    return new SwapStatus.OldBranch(
        report.timeline() == null ? null : report.timeline().longValue(),
        report.endLsn(),
        report.shutDown());
  }

  private Optional<Pod> pod(RestoreRun run) {
    return JobReports.newest(
        cluster.pods(
            run.namespace(),
            Names.restoreLabels(ArchiveJob.COMPONENT, run.restore().getMetadata().getName())));
  }

  private StepOutcome failed(RestoreRun run) {
    Optional<Pod> pod = pod(run);
    String why =
        pod.flatMap(p -> JobReports.report(p, AgentContainer.NAME, ArchivedWalReport.class))
            .map(ArchivedWalReport::message)
            .orElse("see status.lastLogs.");
    run.notes()
        .lastLogs(
            pod.flatMap(p -> cluster.log(p, AgentContainer.NAME, LOG_LINES))
                .orElse("its pod is gone."));
    run.notes()
        .passed(
            ConditionType.OldVolumeRetained,
            "The old volume is kept by claim \"%s\". Its last WAL could not be archived from it, so the very end of the old branch is on that volume only: %s"
                .formatted(Exchange.of(run.restore()).keeper(), why));
    return run.next(SwapStep.Releasing);
  }
}
