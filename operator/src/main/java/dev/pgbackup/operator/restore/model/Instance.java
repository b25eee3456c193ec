package dev.pgbackup.operator.restore.model;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Owner;
import dev.pgbackup.operator.pod.Placement;
import dev.pgbackup.operator.pod.Security;
import dev.pgbackup.operator.workload.PostgresContainer;
import dev.pgbackup.operator.workload.ProcessIdentity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A copy of the database that runs on a restored volume: a StatefulSet, since no other controller
 * keeps a second pod from starting on the volume while the first one ends, and a Service.
 *
 * <p>It runs the database's own image, and its settings, users and passwords are those of the data
 * directory. It reaches nobody by itself: it archives nothing, waits for no standby, subscribes to
 * nothing, and runs no scheduled jobs.
 */
public final class Instance {

  public static final String COMPONENT = "instance";
  public static final String CONTAINER = "postgres";

  private static final int PORT = 5432;
  private static final String DATA = "data";
  private static final String SOCKETS = "/var/run/postgresql";
  private static final String SCRATCH = "/tmp";

  /**
   * Starts PostgreSQL. The kubelet gives the files of a volume to the pod's group at each mount,
   * which PostgreSQL does not accept of its directory. Configuration that was kept outside of it is
   * not there: what takes its place admits who knows a password.
   */
  private static final String SERVER =
      """
      set -eu
      data=$1
      shift
      chmod 0700 "$data"
      if [ ! -f "$data/postgresql.conf" ]; then
        : > %1$s/postgresql.conf
        set -- -c config_file=%1$s/postgresql.conf "$@"
      fi
      hba=$data/pg_hba.conf
      if [ ! -f "$hba" ]; then
        hba=%1$s/pg_hba.conf
        printf '%%s\\n' 'local all all trust' 'host all all all md5' > "$hba"
      fi
      ident=$data/pg_ident.conf
      if [ ! -f "$ident" ]; then
        ident=%1$s/pg_ident.conf
        : > "$ident"
      fi
      exec postgres -D "$data" "$@" -c data_directory="$data" -c hba_file="$hba" -c ident_file="$ident"
      """
          .formatted(SCRATCH);

  private Instance() {}

  public static String name(PgRestore restore) {
    return Names.instance(restore.getMetadata().getName());
  }

  /** Its one pod. */
  public static String pod(PgRestore restore) {
    return name(restore) + "-0";
  }

  /** Where it can be connected to from within the cluster. */
  public static String address(PgRestore restore) {
    return "%s.%s.svc:%d".formatted(name(restore), restore.getMetadata().getNamespace(), PORT);
  }

  private static Map<String, String> labels(PgRestore restore) {
    return Names.restoreLabels(COMPONENT, restore.getMetadata().getName());
  }

  private static ObjectMeta metadata(PgRestore restore) {
    return new ObjectMetaBuilder()
        .withNamespace(restore.getMetadata().getNamespace())
        .withName(name(restore))
        .withLabels(labels(restore))
        .withOwnerReferences(Owner.of(restore))
        .build();
  }

  public static Service service(PgRestore restore) {
    return new ServiceBuilder()
        .withMetadata(metadata(restore))
        .withNewSpec()
        .withSelector(labels(restore))
        .withPorts(
            new ServicePortBuilder().withName(CONTAINER).withPort(PORT).withProtocol("TCP").build())
        .endSpec()
        .build();
  }

  /**
   * The StatefulSet.
   *
   * @param place where the volume has the data directory
   * @param identity whose files those are
   */
  public static StatefulSet of(
      PgRestore restore, RestoreSource source, RestorePlace place, ProcessIdentity identity) {
    return new StatefulSetBuilder()
        .withMetadata(metadata(restore))
        .withNewSpec()
        .withServiceName(name(restore))
        .withReplicas(1)
        .withNewSelector()
        .withMatchLabels(labels(restore))
        .endSelector()
        .withTemplate(template(restore, source, place, identity))
        .endSpec()
        .build();
  }

  private static PodTemplateSpec template(
      PgRestore restore, RestoreSource source, RestorePlace place, ProcessIdentity identity) {
    Placement placement = source.placement(restore.getSpec());
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(placement.labelsWith(labels(restore)))
        .withAnnotations(placement.annotations())
        .endMetadata()
        .withNewSpec()
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withSecurityContext(Security.pod(identity.user(), identity.group()))
        .withNodeSelector(placement.nodeSelector())
        .withTolerations(placement.tolerations())
        .withAffinity(placement.affinity())
        .withPriorityClassName(placement.priorityClassName())
        .withImagePullSecrets(placement.imagePullSecrets())
        .withContainers(server(restore, source, place))
        .withVolumes(data(RestoreClaim.name(restore)), emptyDir("sockets"), emptyDir("tmp"))
        .endSpec()
        .build();
  }

  private static Container server(PgRestore restore, RestoreSource source, RestorePlace place) {
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(source.image(restore.getSpec()))
        .withImagePullPolicy(source.pullPolicy(restore.getSpec()))
        .withCommand("sh", "-c", SERVER, CONTAINER)
        .withArgs(arguments(source, place))
        .addNewPort()
        .withName(CONTAINER)
        .withContainerPort(PORT)
        .withProtocol("TCP")
        .endPort()
        .withNewReadinessProbe()
        .withPeriodSeconds(3)
        .withTimeoutSeconds(5)
        .withNewExec()
        .withCommand("pg_isready", "-q", "-h", SCRATCH, "-p", Integer.toString(PORT))
        .endExec()
        .endReadinessProbe()
        .withResources(source.resources())
        .withSecurityContext(Security.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(
            mount(DATA, RestorePlace.MOUNT), mount("sockets", SOCKETS), mount("tmp", SCRATCH))
        .build();
  }

  /** What is said last counts. */
  private static List<String> arguments(RestoreSource source, RestorePlace place) {
    List<String> arguments = new ArrayList<>(List.of(place.directory()));
    Map<String, String> settings =
        new HashMap<>(
            Optional.ofNullable(source.target())
                .map(target -> target.container())
                .map(PostgresContainer::settings)
                .orElse(Map.of()));
    settings.putAll(isolation());
    new TreeMap<>(settings)
        .forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
    return arguments;
  }

  private static Map<String, String> isolation() {
    return Map.ofEntries(
        Map.entry("listen_addresses", "*"),
        Map.entry("port", Integer.toString(PORT)),
        Map.entry("unix_socket_directories", SOCKETS + "," + SCRATCH),
        Map.entry("external_pid_file", ""),
        // Certificates lie outside of the data directory, or are another server's.
        Map.entry("ssl", "off"),
        Map.entry("archive_mode", "off"),
        Map.entry("synchronous_standby_names", ""),
        Map.entry("max_logical_replication_workers", "0"),
        Map.entry("cron.launch_active_jobs", "off"),
        Map.entry("pg_partman_bgw.dbname", ""),
        Map.entry("logging_collector", "off"),
        Map.entry("log_destination", "stderr"));
  }

  private static Volume data(String claim) {
    return new VolumeBuilder()
        .withName(DATA)
        .withNewPersistentVolumeClaim()
        .withClaimName(claim)
        .endPersistentVolumeClaim()
        .build();
  }

  private static Volume emptyDir(String name) {
    return new VolumeBuilder()
        .withName(name)
        .withNewEmptyDir()
        .withSizeLimit(Quantity.parse("64Mi"))
        .endEmptyDir()
        .build();
  }

  private static VolumeMount mount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
  }
}
