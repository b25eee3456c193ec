package dev.pgbackup.operator.backup.model;

import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.crds.backup.BackupPhase;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.backup.PgBackupSpec;
import dev.pgbackup.crds.backup.PgBackupStatus;
import dev.pgbackup.crds.common.PolicyRef;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.policy.Retention;
import dev.pgbackup.operator.pod.Names;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done so that a policy's {@code PgBackup} objects show what is in the bucket.
 *
 * @param create records of backups that have no object
 * @param update objects with another status
 * @param delete records of backups that are gone, and more than shall be kept
 * @param complete false if something was left for later, when it is known to whom it belongs
 */
public record RecordPlan(
    List<PgBackup> create, List<PgBackup> update, List<PgBackup> delete, boolean complete) {

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  private static final List<String> DECLARED_ELSEWHERE =
      List.of(LAST_APPLIED, "argocd.argoproj.io/tracking-id", "kustomize.toolkit.fluxcd.io/name");

  /**
   * Plans.
   *
   * @param objects all of the policy, records and requests
   * @param published what is in the bucket, newest first
   */
  public static RecordPlan of(
      PgBackupPolicy policy, List<PgBackup> objects, List<BackupDocument> published, Instant now) {
    return new Planner(policy, objects, published, now).plan();
  }

  private static final class Planner {

    private final PgBackupPolicy policy;
    private final List<PgBackup> objects;
    private final List<BackupDocument> published;
    private final Instant now;
    private final Map<String, PgBackup> byId = new HashMap<>();
    private final List<PgBackup> create = new ArrayList<>();
    private final List<PgBackup> update = new ArrayList<>();
    private final List<PgBackup> delete = new ArrayList<>();
    private boolean complete = true;

    Planner(
        PgBackupPolicy policy,
        List<PgBackup> objects,
        List<BackupDocument> published,
        Instant now) {
      this.policy = policy;
      this.objects = objects;
      this.published = published;
      this.now = now;
      for (PgBackup object : objects) {
        BackupRecords.backupId(object).ifPresent(id -> byId.merge(id, object, Planner::request));
      }
    }

    /** Of two objects of one backup, the one that a person made. */
    private static PgBackup request(PgBackup one, PgBackup other) {
      return BackupRecords.isRecord(one) ? other : one;
    }

    RecordPlan plan() {
      Retention.RecordLimit limit = policy.getSpec().retention().recordLimit();
      List<BackupDocument> shown =
          published.subList(0, Math.min(limit.succeeded(), published.size()));
      shown.forEach(this::show);
      objects.forEach(object -> retire(object, shown));
      objects.stream()
          .filter(o -> phase(o) == BackupPhase.Failed && mayGo(o))
          .sorted(Comparator.comparing(Planner::age).reversed())
          .skip(limit.failed())
          .forEach(delete::add);
      return new RecordPlan(
          List.copyOf(create), List.copyOf(update), List.copyOf(delete), complete);
    }

    private void show(BackupDocument document) {
      PgBackup object = byId.get(document.backupId());
      if (object == null) {
        if (mayBeOfARequest(document)) {
          complete = false;
        } else {
          create.add(record(document));
        }
        return;
      }
      set(object, BackupStatuses.completed(object, document, now));
    }

    /** A request learns the id of its backup a little later than the bucket. */
    private boolean mayBeOfARequest(BackupDocument document) {
      return document.origin().equals(PgBackupStatus.BackupOrigin.Manual.name())
          && objects.stream()
              .anyMatch(
                  o ->
                      BackupRecords.backupId(o).isEmpty()
                          && !Optional.ofNullable(phase(o))
                              .map(BackupPhase::isTerminal)
                              .orElse(false));
    }

    private PgBackup record(BackupDocument document) {
      PgBackup backup = new PgBackup();
      String name = policy.getMetadata().getName();
      backup.setMetadata(
          new ObjectMetaBuilder()
              .withNamespace(policy.getMetadata().getNamespace())
              .withName(BackupRecords.name(name, document.backupId()))
              // The server's answer for a new object; its status speaks of it.
              .withGeneration(1L)
              .withLabels(
                  Map.of(Names.POLICY_LABEL, name, Names.BACKUP_ID_LABEL, document.backupId()))
              .build());
      backup.setSpec(new PgBackupSpec(new PolicyRef(name)));
      backup.setStatus(BackupStatuses.completed(backup, document, now));
      return backup;
    }

    /** What is gone from the bucket, and what is more than shall be shown. */
    private void retire(PgBackup object, List<BackupDocument> shown) {
      Optional<String> id = BackupRecords.backupId(object);
      boolean ended = phase(object) == BackupPhase.Completed || BackupRecords.isRecord(object);
      if (id.isEmpty() || !ended || contains(shown, id.get())) {
        return;
      }
      if (mayGo(object)) {
        delete.add(object);
      } else if (!contains(published, id.get())) {
        set(object, BackupStatuses.expired(object, now));
      }
    }

    private void set(PgBackup object, PgBackupStatus status) {
      if (!status.equals(object.getStatus())) {
        object.setStatus(status);
        update.add(object);
      }
    }

    private static boolean contains(List<BackupDocument> documents, String id) {
      return documents.stream().anyMatch(d -> d.backupId().equals(id));
    }

    /** Whether nobody would make it again at once, and with it another backup. */
    private static boolean mayGo(PgBackup object) {
      Map<String, String> annotations = object.getMetadata().getAnnotations();
      Map<String, String> labels = object.getMetadata().getLabels();
      return DECLARED_ELSEWHERE.stream()
          .noneMatch(
              key ->
                  (annotations != null && annotations.containsKey(key))
                      || (labels != null && labels.containsKey(key)));
    }

    private static @Nullable BackupPhase phase(PgBackup object) {
      return object.getStatus() == null ? null : object.getStatus().phase();
    }

    private static String age(PgBackup object) {
      return String.valueOf(object.getMetadata().getCreationTimestamp());
    }
  }
}
