package dev.pgbackup.operator.kube;

import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what is in the cluster, live. */
@Singleton
public class ClusterReader {

  private final KubernetesClient client;

  public ClusterReader(KubernetesClient client) {
    this.client = client;
  }

  public Optional<Workload> statefulSet(String namespace, String name) {
    return Optional.ofNullable(
            client.apps().statefulSets().inNamespace(namespace).withName(name).get())
        .map(Workload::of);
  }

  public Optional<Workload> deploymentAsWorkload(String namespace, String name) {
    return deployment(namespace, name).map(Workload::of);
  }

  public Optional<Deployment> deployment(String namespace, String name) {
    return Optional.ofNullable(
        client.apps().deployments().inNamespace(namespace).withName(name).get());
  }

  /** Names of the StatefulSets of a namespace, for people. */
  public List<String> statefulSetNames(String namespace) {
    return names(client.apps().statefulSets().inNamespace(namespace).list().getItems());
  }

  /** Names of the Deployments of a namespace, for people. */
  public List<String> deploymentNames(String namespace) {
    return names(client.apps().deployments().inNamespace(namespace).list().getItems());
  }

  static List<String> names(List<? extends HasMetadata> objects) {
    return objects.stream().map(o -> o.getMetadata().getName()).sorted().toList();
  }

  public List<Service> services(String namespace) {
    return client.services().inNamespace(namespace).list().getItems();
  }

  public List<Pod> pods(String namespace, Map<String, String> labels) {
    return client.pods().inNamespace(namespace).withLabels(labels).list().getItems();
  }

  public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
    return Optional.ofNullable(
        client.persistentVolumeClaims().inNamespace(namespace).withName(name).get());
  }

  public List<PersistentVolumeClaim> claims(String namespace) {
    return client.persistentVolumeClaims().inNamespace(namespace).list().getItems();
  }

  public Optional<PersistentVolume> volume(String name) {
    return Optional.ofNullable(client.persistentVolumes().withName(name).get());
  }

  /** The pods that have a claim in their spec, those that only wait for it included. */
  public List<Pod> podsWith(String namespace, String claim) {
    return client.pods().inNamespace(namespace).list().getItems().stream()
        .filter(
            pod ->
                pod.getSpec().getVolumes().stream()
                    .map(Volume::getPersistentVolumeClaim)
                    .anyMatch(source -> source != null && claim.equals(source.getClaimName())))
        .toList();
  }

  /** Nothing, too, if the operator may not look at leases: then it has not made any. */
  public Optional<Lease> lease(String namespace, String name) {
    try {
      return Optional.ofNullable(client.leases().inNamespace(namespace).withName(name).get());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  public Optional<ConfigMap> configMap(String namespace, String name) {
    return Optional.ofNullable(client.configMaps().inNamespace(namespace).withName(name).get());
  }

  public Optional<PgRestore> restore(String namespace, String name) {
    return Optional.ofNullable(
        client.resources(PgRestore.class).inNamespace(namespace).withName(name).get());
  }

  public List<PgRestore> restores(String namespace) {
    return client.resources(PgRestore.class).inNamespace(namespace).list().getItems();
  }

  public Optional<PgBackupPolicy> policy(String namespace, String name) {
    return Optional.ofNullable(
        client.resources(PgBackupPolicy.class).inNamespace(namespace).withName(name).get());
  }

  public Optional<PgBackup> backup(String namespace, String name) {
    return Optional.ofNullable(
        client.resources(PgBackup.class).inNamespace(namespace).withName(name).get());
  }

  public Optional<Job> job(String namespace, String name) {
    return Optional.ofNullable(
        client.batch().v1().jobs().inNamespace(namespace).withName(name).get());
  }

  /**
   * Whether there surely is no such StorageClass. One that may not be looked at, because the
   * operator has rights in some namespaces only, is taken to be there: else its claim tells.
   */
  public boolean lacksStorageClass(String name) {
    try {
      return client.storage().v1().storageClasses().withName(name).get() == null;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return false;
      }
      throw e;
    }
  }

  public List<StorageClass> storageClasses() {
    return client.storage().v1().storageClasses().list().getItems();
  }

  /** The last lines that a container has written; nothing if there is no log. */
  public Optional<String> log(Pod pod, String container, int lines) {
    try {
      return Optional.ofNullable(
          client.pods().resource(pod).inContainer(container).tailingLines(lines).getLog());
    } catch (KubernetesClientException e) {
      return Optional.empty();
    }
  }

  /** What was last told about an object as a warning. */
  public Optional<String> lastWarning(HasMetadata object) {
    return client
        .v1()
        .events()
        .inNamespace(object.getMetadata().getNamespace())
        .withField("involvedObject.uid", object.getMetadata().getUid())
        .list()
        .getItems()
        .stream()
        .filter(e -> "Warning".equals(e.getType()))
        .reduce((first, second) -> second)
        .map(e -> e.getReason() + ": " + e.getMessage());
  }
}
