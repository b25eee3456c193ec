package dev.pgbackup.operator.restore.model;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Security;
import dev.pgbackup.operator.workload.ProcessIdentity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Job that only plans: for an archive whose agent does not run, or that has none. */
public final class PlanJob {

  public static final String COMPONENT = "plan";

  private static final long SECONDS = 300;
  private static final ProcessIdentity NOBODY = new ProcessIdentity(Security.AGENT, Security.AGENT);

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
    JobPod pod = new JobPod(restore, source, defaults);
    List<HasMetadata> all = new ArrayList<>(pod.prerequisites());
    all.add(job(restore, source, backupId, pod));
    return all;
  }

  private static HasMetadata job(
      PgRestore restore, RestoreSource source, @Nullable String backupId, JobPod pod) {
    List<String> arguments =
        new ArrayList<>(List.of("plan", "--config=" + AgentContainer.CONFIG_PATH, "--output=json"));
    arguments.addAll(PlanArguments.of(restore, source, backupId));
    return new JobBuilder()
        .withMetadata(pod.metadata(name(restore), COMPONENT))
        .withNewSpec()
        .withBackoffLimit(0)
        .withActiveDeadlineSeconds(SECONDS)
        .withTemplate(
            pod.template(COMPONENT, NOBODY, List.of())
                .editSpec()
                .withContainers(pod.agent(arguments, List.of()).build())
                .endSpec()
                .build())
        .endSpec()
        .build();
  }
}
