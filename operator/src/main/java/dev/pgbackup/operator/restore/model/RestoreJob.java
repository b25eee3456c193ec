package dev.pgbackup.operator.restore.model;

import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.config.Span;
import dev.pgbackup.crds.restore.Job;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreSpec;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Security;
import dev.pgbackup.operator.pod.Topology;
import dev.pgbackup.operator.workload.ProcessIdentity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRuleBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Job that restores: the agent lays down the files and feeds WAL, the user's own PostgreSQL
 * image replays. The agent is the main container, so that its end is the Job's result; PostgreSQL's
 * is a native sidecar, which goes when the agent goes.
 */
public final class RestoreJob {

  public static final String COMPONENT = "restore";
  public static final String POSTGRES = "postgres";

  private static final String SHARED = "pgbackup";
  private static final String SHARED_PATH = "/pgbackup";
  private static final String DATA = "data";

  /**
   * Runs PostgreSQL for the agent: says that it is there, waits for the folder of a run, and runs
   * the loop that the agent has laid down in it. As the first process of its container it would not
   * end by a signal unless it said so.
   */
  private static final String SERVER =
      """
      cat /proc/sys/kernel/random/uuid > %1$s/companion
      loop=
      trap '[ -n "$loop" ] && kill -s TERM "$loop" && wait "$loop"; exit 0' TERM INT
      while :; do
        if [ -f %1$s/serve ]; then
          read -r folder < %1$s/serve
          rm -f %1$s/serve
          sh "$folder/bin/server.sh" &
          loop=$!
          wait "$loop"
          loop=
        fi
        sleep 0.1
      done
      """
          .formatted(SHARED_PATH);

  private RestoreJob() {}

  /** What a restore needs of the operator's own configuration. */
  public record Defaults(String agentImage, int port) {}

  public static String name(PgRestore restore) {
    return Names.restore(restore.getMetadata().getName());
  }

  /**
   * What a restore has become certain of.
   *
   * @param backupId the backup that was planned with: the archive may have grown since
   * @param nodes on which the volume has to be of use, as alternatives; none: all
   */
  public record Decided(
      RestoreSource source,
      RestorePlace place,
      ProcessIdentity identity,
      @Nullable String backupId,
      List<NodeSelectorTerm> nodes) {}

  /** All objects, in the order in which they are made; the Job is the last. */
  public static List<HasMetadata> objects(PgRestore restore, Decided decided, Defaults defaults) {
    JobPod pod = new JobPod(restore, decided.source(), defaults);
    List<HasMetadata> all = new ArrayList<>(pod.prerequisites());
    all.add(job(restore, decided, defaults, pod));
    return all;
  }

  private static HasMetadata job(
      PgRestore restore, Decided decided, Defaults defaults, JobPod pod) {
    Job said = restore.getSpec().job();
    return new JobBuilder()
        .withMetadata(pod.metadata(pod.name(), COMPONENT))
        .withNewSpec()
        .withBackoffLimit(said.retries())
        .withActiveDeadlineSeconds(Span.parse(said.activeDeadline()).duration().toSeconds())
        // The next pod only when the one before has ended: two would replay into one directory.
        .withPodReplacementPolicy("Failed")
        .withNewPodFailurePolicy()
        .withRules(hopeless(), disrupted())
        .endPodFailurePolicy()
        .withTemplate(template(restore, decided, defaults, pod))
        .endSpec()
        .build();
  }

  /** What cannot change is not tried again. */
  private static PodFailurePolicyRule hopeless() {
    List<Integer> codes =
        Arrays.stream(ExitCode.values())
            .filter(code -> code != ExitCode.SUCCESS && !code.isWorthRetrying())
            .map(ExitCode::code)
            .toList();
    return new PodFailurePolicyRuleBuilder()
        .withAction("FailJob")
        .withNewOnExitCodes()
        .withContainerName(AgentContainer.NAME)
        .withOperator("In")
        .withValues(codes)
        .endOnExitCodes()
        .build();
  }

  /** A node that is drained counts for nothing. */
  private static PodFailurePolicyRule disrupted() {
    return new PodFailurePolicyRuleBuilder()
        .withAction("Ignore")
        .addNewOnPodCondition()
        .withType("DisruptionTarget")
        .withStatus("True")
        .endOnPodCondition()
        .build();
  }

  private static PodTemplateSpec template(
      PgRestore restore, Decided decided, Defaults defaults, JobPod pod) {
    List<Volume> volumes =
        List.of(
            claim(RestoreClaim.name(restore)),
            emptyDir(SHARED, "16Mi"),
            emptyDir("server-tmp", "256Mi"));
    PodTemplateSpecBuilder template = pod.template(COMPONENT, decided.identity(), volumes);
    return template
        .editSpec()
        .withAffinity(Topology.within(template.buildSpec().getAffinity(), decided.nodes()))
        .withInitContainers(server(restore.getSpec(), decided.source()))
        .withContainers(agent(restore, decided, defaults, pod))
        .endSpec()
        .build();
  }

  private static Container server(PgRestoreSpec spec, RestoreSource source) {
    return new ContainerBuilder()
        .withName(POSTGRES)
        .withImage(source.image(spec))
        .withImagePullPolicy(source.pullPolicy(spec))
        .withRestartPolicy("Always")
        .withCommand("sh", "-c", SERVER)
        .withResources(source.resources())
        .withSecurityContext(Security.container())
        .withVolumeMounts(
            mount(DATA, RestorePlace.MOUNT),
            mount(SHARED, SHARED_PATH),
            mount("server-tmp", "/tmp"))
        .build();
  }

  private static Container agent(
      PgRestore restore, Decided decided, Defaults defaults, JobPod pod) {
    List<VolumeMount> mounts = List.of(mount(DATA, RestorePlace.MOUNT), mount(SHARED, SHARED_PATH));
    return pod.agent(arguments(restore, decided), mounts)
        .addNewPort()
        .withName(AgentContainer.HTTP_PORT)
        .withContainerPort(defaults.port())
        .withProtocol("TCP")
        .endPort()
        .build();
  }

  private static List<String> arguments(PgRestore restore, Decided decided) {
    List<String> arguments =
        new ArrayList<>(List.of("restore-job", "--config=" + AgentContainer.CONFIG_PATH));
    arguments.addAll(PlanArguments.of(restore, decided.source(), decided.backupId()));
    arguments.add("--target-dir=" + decided.place().directory());
    // A copy runs where it was restored to: it need not look as the database's volume does.
    if (decided.place().isVolumeRoot() && !restore.getSpec().isInstance()) {
      arguments.add("--lift");
    }
    if (restore.getSpec().isSwap()) {
      arguments.add("--purpose=master");
      arguments.add("--slot=" + decided.source().slotName());
    }
    arguments.addAll(ReviewFiles.arguments(restore.getSpec()));
    arguments.add("--meeting=" + SHARED_PATH);
    arguments.add("--parallelism=" + restore.getSpec().job().parallelism());
    arguments.add("--report=/dev/termination-log");
    return arguments;
  }

  private static Volume claim(String name) {
    return new VolumeBuilder()
        .withName(DATA)
        .withNewPersistentVolumeClaim()
        .withClaimName(name)
        .endPersistentVolumeClaim()
        .build();
  }

  private static Volume emptyDir(String name, String limit) {
    return new VolumeBuilder()
        .withName(name)
        .withNewEmptyDir()
        .withSizeLimit(Quantity.parse(limit))
        .endEmptyDir()
        .build();
  }

  private static VolumeMount mount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
  }
}
