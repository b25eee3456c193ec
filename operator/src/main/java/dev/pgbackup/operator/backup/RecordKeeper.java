package dev.pgbackup.operator.backup;

import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.backup.model.RecordPlan;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.List;

/** Makes the {@code PgBackup} objects of a policy follow the bucket. */
@Singleton
public final class RecordKeeper {

  private final KubernetesClient client;
  private final Clock clock;

  public RecordKeeper(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
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

  /** All objects of a policy. */
  public List<PgBackup> objects(PgBackupPolicy policy) {
    return client
        .resources(PgBackup.class)
        .inNamespace(policy.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(b -> b.getSpec().policyRef().name().equals(policy.getMetadata().getName()))
        .filter(b -> b.getMetadata().getDeletionTimestamp() == null)
        .toList();
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
