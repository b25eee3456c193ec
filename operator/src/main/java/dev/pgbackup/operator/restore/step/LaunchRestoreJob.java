package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.pod.Owner;
import dev.pgbackup.operator.restore.model.RestoreJob;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Starts the Job that restores. */
@Singleton
public final class LaunchRestoreJob implements RestoreStep {

  private final ClusterReader cluster;
  private final ObjectWriter objects;
  private final OperatorSettings settings;

  public LaunchRestoreJob(ClusterReader cluster, ObjectWriter objects, OperatorSettings settings) {
    this.cluster = cluster;
    this.objects = objects;
    this.settings = settings;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    Optional<Job> job = cluster.job(run.namespace(), RestoreJob.name(run.restore()));
    if (job.isPresent()) {
      return Owner.owns(run.restore(), job.get())
          ? StepOutcome.Proceed
          : run.wait(
              RestorePhase.Provisioning,
              "EarlierJob",
              "The Job of an earlier restore of that name is still going.");
    }
    List<HasMetadata> all =
        RestoreJob.objects(
            run.restore(),
            new RestoreJob.Decided(
                run.source(),
                run.place(),
                run.identity(),
                run.notes().plan() == null ? null : run.notes().plan().backupId(),
                run.nodes()),
            new RestoreJob.Defaults(settings.agent().image(), settings.agent().port()));
    all.subList(0, all.size() - 1).forEach(objects::apply);
    objects.createIfAbsent(all.get(all.size() - 1));
    return run.wait(
        RestorePhase.Provisioning, "JobStarted", "The Job that restores is being started.");
  }
}
