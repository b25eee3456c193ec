package dev.pgbackup.operator.restore.model;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Placement;
import dev.pgbackup.operator.pod.Security;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Job that only plans: for an archive whose agent does not run, or that has none. */
public final class PlanJob {

  public static final String COMPONENT = "plan";

  private static final long SECONDS = 300;

  private PlanJob() {}

  public static String name(PgRestore restore) {
    return Names.restore(restore.getMetadata().getName()) + "-plan";
  }

  /**
   * All objects, in the order in which they are made; the Job is the last.
   *
   * @param backupId the backup that is asked for, if one is
   */
  public static List<HasMetadata> objects(
      PgRestore restore,
      RestoreSource source,
      @Nullable String backupId,
      RestoreJob.Defaults defaults) {
    JobPod pod = new JobPod(restore, source, defaults.port());
    List<HasMetadata> all = new ArrayList<>(pod.prerequisites());
    all.add(job(restore, source, backupId, defaults, pod));
    return all;
  }

  private static HasMetadata job(
      PgRestore restore,
      RestoreSource source,
      @Nullable String backupId,
      RestoreJob.Defaults defaults,
      JobPod pod) {
    Placement placement = pod.placement();
    List<String> arguments =
        new ArrayList<>(List.of("plan", "--config=" + AgentContainer.CONFIG_PATH, "--output=json"));
    arguments.addAll(PlanArguments.of(restore, source, backupId));
    return new JobBuilder()
        .withMetadata(pod.metadata(name(restore), COMPONENT))
        .withNewSpec()
        .withBackoffLimit(0)
        .withActiveDeadlineSeconds(SECONDS)
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(
            placement.labelsWith(Names.restoreLabels(COMPONENT, restore.getMetadata().getName())))
        .withAnnotations(placement.annotations())
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withServiceAccountName(pod.name())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withSecurityContext(Security.pod(Security.AGENT, Security.AGENT))
        .withNodeSelector(placement.nodeSelector())
        .withTolerations(placement.tolerations())
        .withAffinity(placement.affinity())
        .withPriorityClassName(placement.priorityClassName())
        .withImagePullSecrets(placement.imagePullSecrets())
        .addNewContainer()
        .withName(AgentContainer.NAME)
        .withImage(defaults.agentImage())
        .withImagePullPolicy("IfNotPresent")
        .withArgs(arguments)
        .withResources(AgentContainer.resources(restore.getSpec().job().resources()))
        .withSecurityContext(Security.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(
            Stream.of(
                    List.of(AgentContainer.configMount(), AgentContainer.scratchMount()),
                    pod.files().mounts())
                .flatMap(List::stream)
                .toList())
        .endContainer()
        .withVolumes(AgentContainer.config(pod.name()), AgentContainer.scratch())
        .addAllToVolumes(pod.files().volumes())
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
