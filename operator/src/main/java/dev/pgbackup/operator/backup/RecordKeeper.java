package dev.pgbackup.operator.backup;

import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.backup.model.RecordPlan;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@code PgBackup} objects of a policy follow the bucket. Which there are it takes from
 * what the controller of backups watches; what that shows too late is refused as a conflict, and
 * planned anew.
 */
@Singleton
public final class RecordKeeper {

  private static final String BY_POLICY = "pgbackup-policy";

  private final KubernetesClient client;
  private final Clock clock;
  private volatile @Nullable IndexerResourceCache<PgBackup> watched;

  public RecordKeeper(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** From now on takes the objects from a cache. */
  void watch(IndexerResourceCache<PgBackup> cache) {
    cache.addIndexers(
        Map.of(
            BY_POLICY,
            backup ->
                List.of(
                    key(
                        backup.getMetadata().getNamespace(),
                        backup.getSpec().policyRef().name()))));
    watched = cache;
  }

  private static String key(String namespace, String policy) {
    return namespace + "/" + policy;
  }

  /**
   * Carries out what there is to do.
   *
   * @return whether everything is shown now
   */
  public boolean follow(PgBackupPolicy policy, BackupList published) {
    RecordPlan plan = RecordPlan.of(policy, objects(policy), published.backups(), clock.instant());
    plan.create().forEach(this::create);
    plan.update().forEach(this::updateStatus);
    plan.delete().forEach(backup -> client.resource(backup).delete());
    return plan.complete();
  }

  /** All objects of a policy, to be changed at will. */
  private List<PgBackup> objects(PgBackupPolicy policy) {
    String namespace = policy.getMetadata().getNamespace();
    String name = policy.getMetadata().getName();
    Stream<PgBackup> objects =
        watched == null
            ? client.resources(PgBackup.class).inNamespace(namespace).list().getItems().stream()
                .filter(b -> b.getSpec().policyRef().name().equals(name))
            : watched.byIndex(BY_POLICY, key(namespace, name)).stream()
                .map(client.getKubernetesSerialization()::clone);
    return objects.filter(b -> b.getMetadata().getDeletionTimestamp() == null).toList();
  }

  private void create(PgBackup backup) {
    try {
      PgBackup created = client.resource(backup).create();
      created.setStatus(backup.getStatus());
      updateStatus(created);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      // Somebody gave another object that name; the backup is in the bucket all the same.
    }
  }

  private void updateStatus(PgBackup backup) {
    client.resource(backup).updateStatus();
  }
}
