package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Owner;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.restore.model.Instance;
import dev.pgbackup.operator.restore.model.JobReports;
import dev.pgbackup.operator.status.ConditionType;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/**
 * Has a copy run on the restored volume, and waits until it is ready. From then on its StatefulSet
 * alone looks after it, and it goes with the object that owns it.
 */
@Singleton
public final class RunInstance implements RestoreStep {

  /** After that many it is not for want of time that it does not start. */
  private static final int RESTARTS = 4;

  private static final int LOG_LINES = 40;

  private final ClusterReader cluster;
  private final ObjectWriter objects;

  public RunInstance(ClusterReader cluster, ObjectWriter objects) {
    this.cluster = cluster;
    this.objects = objects;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    PgRestore restore = run.restore();
    Optional<HasMetadata> foreign =
        List.<HasMetadata>of(
                Instance.service(restore),
                Instance.of(restore, run.source(), run.place(), run.identity()))
            .stream()
            .map(objects::createIfAbsent)
            .filter(object -> !Owner.owns(restore, object))
            .findFirst();
    if (foreign.isPresent()) {
      return run.wait(
          RestorePhase.Starting,
          "NameTaken",
          "There is a %s \"%s\" already, which this restore did not make; that it goes is waited for."
              .formatted(foreign.get().getKind(), foreign.get().getMetadata().getName()));
    }
    List<Pod> pods =
        cluster.pods(
            run.namespace(),
            Names.restoreLabels(Instance.COMPONENT, restore.getMetadata().getName()));
    Optional<Pod> pod = JobReports.newest(pods);
    return pod.filter(RunInstance::isReady).isPresent() ? runs(run) : starts(run, pod);
  }

  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && "True".equals(c.getStatus()));
  }

  private static StepOutcome runs(RestoreRun run) {
    PgRestore restore = run.restore();
    String name = restore.getMetadata().getName();
    run.notes()
        .preview(
            new PgRestoreStatus.Preview(
                Instance.address(restore), Instance.name(restore), Instance.pod(restore)));
    run.notes().passed(ConditionType.DatabaseAvailable, "The copy is ready.");
    run.notes()
        .turn(
            RestorePhase.Succeeded,
            "InstanceRuns",
            "A copy runs at %s, with the users and passwords of the database; look into it by `kubectl exec -it %s -- psql -U postgres`. It archives nothing. `kubectl delete pgr/%s` removes it with its volume."
                .formatted(Instance.address(restore), Instance.pod(restore), name));
    return StepOutcome.Over;
  }

  private StepOutcome starts(RestoreRun run, Optional<Pod> pod) {
    if (pod.map(RunInstance::restarts).orElse(0) >= RESTARTS) {
      pod.flatMap(p -> cluster.log(p, Instance.CONTAINER, LOG_LINES))
          .ifPresent(log -> run.notes().lastLogs(log));
      return run.fail(
          "InstanceNotStarting",
          "PostgreSQL does not start on the restored volume; status.lastLogs says why. The volume is claim \"%s\" and goes with this object: delete it, and restore again."
              .formatted(run.notes().volume() == null ? "" : run.notes().volume().claim()));
    }
    PodHealth.Trouble trouble = pod.map(PodHealth::of).orElse(PodHealth.NONE).trouble();
    return trouble == null
        ? run.wait(RestorePhase.Starting, "Starting", "PostgreSQL starts on the restored volume.")
        : run.wait(RestorePhase.Starting, trouble.reason(), trouble.message());
  }

  private static int restarts(Pod pod) {
    return pod.getStatus() == null
        ? 0
        : pod.getStatus().getContainerStatuses().stream()
            .map(ContainerStatus::getRestartCount)
            .filter(count -> count != null)
            .mapToInt(Integer::intValue)
            .sum();
  }
}
