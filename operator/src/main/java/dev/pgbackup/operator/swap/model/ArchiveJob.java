package dev.pgbackup.operator.swap.model;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.restore.model.JobPod;
import dev.pgbackup.operator.restore.model.RestoreJob;
import dev.pgbackup.operator.restore.model.RestorePlace;
import dev.pgbackup.operator.restore.model.RestoreSource;
import dev.pgbackup.operator.workload.ProcessIdentity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * The Job that archives what a stopped server has written last, from its volume, which it cannot
 * change: it is mounted read-only.
 */
public final class ArchiveJob {

  public static final String COMPONENT = "archive-wal";

  private static final long SECONDS = 600;
  private static final String DATA = "data";
  private static final VolumeMount MOUNT =
      new VolumeMountBuilder()
          .withName(DATA)
          .withMountPath(RestorePlace.MOUNT)
          .withReadOnly(true)
          .build();

  private ArchiveJob() {}

  public static String name(PgRestore restore) {
    return Names.restore(restore.getMetadata().getName()) + "-wal";
  }

  /**
   * All objects, in the order in which they are made; the Job is the last.
   *
   * @param claim that keeps the volume
   */
  public static List<HasMetadata> objects(
      PgRestore restore,
      RestoreSource source,
      String claim,
      RestorePlace place,
      ProcessIdentity identity,
      RestoreJob.Defaults defaults) {
    JobPod pod = new JobPod(restore, source, defaults);
    List<HasMetadata> all = new ArrayList<>(pod.prerequisites());
    all.add(job(restore, source, claim, place, identity, pod));
    return all;
  }

  private static HasMetadata job(
      PgRestore restore,
      RestoreSource source,
      String claim,
      RestorePlace place,
      ProcessIdentity identity,
      JobPod pod) {
    return new JobBuilder()
        .withMetadata(pod.metadata(name(restore), COMPONENT))
        .withNewSpec()
        .withBackoffLimit(2)
        .withActiveDeadlineSeconds(SECONDS)
        .withPodReplacementPolicy("Failed")
        .withTemplate(
            pod.template(COMPONENT, identity, List.of(volume(claim)))
                .editSpec()
                .withContainers(pod.agent(arguments(source, place), List.of(MOUNT)).build())
                .endSpec()
                .build())
        .endSpec()
        .build();
  }

  private static Volume volume(String claim) {
    return new VolumeBuilder()
        .withName(DATA)
        .withNewPersistentVolumeClaim()
        .withClaimName(claim)
        .endPersistentVolumeClaim()
        .build();
  }

  private static List<String> arguments(RestoreSource source, RestorePlace place) {
    List<String> arguments =
        new ArrayList<>(List.of("archive-wal", "--config=" + AgentContainer.CONFIG_PATH));
    if (source.archiveId() != null) {
      arguments.add("--archive=" + source.archiveId());
    }
    arguments.add("--report=/dev/termination-log");
    arguments.add(
        "--data-dir=" + RestorePlace.MOUNT + (place.isVolumeRoot() ? "" : "/" + place.folder()));
    return arguments;
  }
}
