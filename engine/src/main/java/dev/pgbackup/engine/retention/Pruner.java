package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.archive.StoredDocuments;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.retention.PrunePlan.BackupDecision;
import dev.pgbackup.engine.retention.PrunePlan.RemainsDecision;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what a policy no longer needs.
 *
 * <p>In this order: a tombstone beside the manifest; the manifest, with which the backup ceases to
 * exist; after the grace period the bundles and the list of files to which nothing refers; the
 * tombstone. WAL goes after the backups that needed it. Killed at any point, the next run finds the
 * same or less to do.
 */
public final class Pruner {

  private static final Logger LOG = LoggerFactory.getLogger(Pruner.class);

  private final Archive archive;
  private final RetentionPolicy policy;
  private final Clock clock;
  private final ArchiveLayout layout;
  private final ObjectStore store;
  private final ArchiveSurvey survey;

  public Pruner(Archive archive, RetentionPolicy policy) {
    this(archive, policy, Clock.systemUTC());
  }

  Pruner(Archive archive, RetentionPolicy policy, Clock clock) {
    this.archive = archive;
    this.policy = policy;
    this.clock = clock;
    this.layout = archive.layout();
    this.store = archive.store();
    this.survey = new ArchiveSurvey(archive);
  }

  /**
   * Looks at the archive and says what would go; changes nothing.
   *
   * @throws EngineException {@code ArchiveDamaged} if something that must be known cannot be read,
   *     {@code HostFailure} if the clock is wrong
   */
  public PrunePlan plan() {
    return new PrunePlanner(policy).plan(survey.look(), clock.instant());
  }

  /** Carries out a plan. What has been pinned since it was made stays. */
  public PruneResult apply(PrunePlan plan) {
    Batch batch = new Batch(store);
    int backups = 0;
    for (BackupDecision decision : plan.deletedBackups()) {
      if (delete(decision, plan)) {
        backups++;
      }
    }
    store.delete(plan.keptBackups().stream().map(kept -> layout.tombstone(kept.id())).toList());

    PrunePlan after = plan();
    int bundles = deleteRemains(after);
    if (after.deletedBackups().isEmpty()) {
      after.wal().forEach(decision -> new WalPruning(archive, batch).apply(decision));
      batch.flush();
    } else {
      LOG.info("more backups have expired meanwhile: WAL is left to the next run");
    }
    int uploads =
        store.abortUncommitted(layout.backups() + "/", after.reference().minus(policy.grace()));
    PruneResult result = new PruneResult(backups, bundles, batch.objects(), batch.bytes(), uploads);
    LOG.info(
        "pruned archive {}: {} backups, {} objects of deleted or cut-off backups, {} of WAL and index, {} bytes",
        archive.id(),
        result.backups(),
        result.bundles(),
        result.walObjects(),
        result.bytes());
    return result;
  }

  private boolean delete(BackupDecision decision, PrunePlan plan) {
    BackupId id = decision.id();
    if (isPinned(id, plan)) {
      LOG.info("backup {} has been pinned meanwhile and stays", id);
      return false;
    }
    requireAnotherBackup(plan);
    Tombstone tombstone =
        new Tombstone(
            FormatVersion.CURRENT, clock.instant(), decision.reason(), decision.manifest());
    new StoredDocuments(store)
        .put(layout.tombstone(id), tombstone, PutOptions.when(PutCondition.always()));
    store.delete(List.of(layout.manifest(id)));
    LOG.info("backup {} is deleted: {}", id, decision.reason());
    return true;
  }

  private boolean isPinned(BackupId id, PrunePlan plan) {
    return survey.pins().stream()
        .filter(pin -> pin.until().isAfter(plan.reference()))
        .map(Pin::backups)
        .anyMatch(backups -> backups.contains(id));
  }

  /** However wrong a plan may be, it never deletes the last backup. */
  private void requireAnotherBackup(PrunePlan plan) {
    boolean another =
        plan.keptBackups().stream()
            .anyMatch(kept -> store.head(layout.manifest(kept.id())).isPresent());
    if (!another) {
      throw new EngineException(
          Reason.ArchiveDamaged,
          "none of the backups that were to be kept is in archive "
              + archive.id()
              + " any more; nothing further is deleted. See `pgbackup list` for what is there");
    }
  }

  private int deleteRemains(PrunePlan after) {
    Set<String> referenced = referenced(after);
    int deleted = 0;
    for (RemainsDecision decision : after.remains()) {
      if (decision.delete()) {
        deleted += deleteRemains(decision.id(), referenced);
      }
    }
    return deleted;
  }

  /**
   * The keys of all bundles that a published backup, or a deleted one in its grace period, refers
   * to.
   */
  private Set<String> referenced(PrunePlan after) {
    Set<String> keys = new HashSet<>();
    after.backups().forEach(backup -> refer(backup.manifest(), keys));
    after.remains().stream()
        .filter(decision -> !decision.delete())
        .flatMap(decision -> survey.remains(decision.id()).stream())
        .flatMap(remains -> remains.deleted().stream())
        .forEach(manifest -> refer(manifest, keys));
    return keys;
  }

  private void refer(BackupManifest manifest, Set<String> keys) {
    manifest.files().bundles().forEach(bundle -> keys.add(layout.root() + "/" + bundle));
  }

  private int deleteRemains(BackupId id, Set<String> referenced) {
    if (store.head(layout.manifest(id)).isPresent()) {
      return 0;
    }
    List<String> keys = new ArrayList<>();
    boolean all = true;
    for (ObjectInfo object :
        (Iterable<ObjectInfo>) store.list(layout.backup(id) + "/", "")::iterator) {
      if (referenced.contains(object.key())) {
        all = false;
      } else if (!object.key().equals(layout.tombstone(id))) {
        keys.add(object.key());
      }
    }
    store.delete(keys);
    if (all) {
      store.delete(List.of(layout.tombstone(id)));
    }
    if (!keys.isEmpty()) {
      LOG.info("backup {}: {} objects that nothing refers to are deleted", id, keys.size());
    }
    return keys.size();
  }
}
