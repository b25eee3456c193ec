package dev.pgbackup.engine.restore.plan;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The settings that a server must have to replay: the highest limits that any part of it needs. */
final class RequiredSettings {

  private final SortedMap<String, String> settings;

  private RequiredSettings(Map<String, String> recorded) {
    this.settings = new TreeMap<>(recorded);
  }

  /**
   * Works them out.
   *
   * @param changes from the backup's start to the last record
   * @return by name, as they are given to a server
   */
  static SortedMap<String, String> of(
      BackupManifest backup, List<WalEvent.ParameterChange> changes) {
    RequiredSettings required = new RequiredSettings(backup.server().settings());
    for (WalEvent.ParameterChange change : changes) {
      required.atLeast("max_connections", change.maxConnections());
      required.atLeast("max_worker_processes", change.maxWorkerProcesses());
      required.atLeast("max_wal_senders", change.maxWalSenders());
      required.atLeast("max_prepared_transactions", change.maxPreparedTransactions());
      required.atLeast("max_locks_per_transaction", change.maxLocksPerTransaction());
    }
    return required.settings;
  }

  private void atLeast(String name, int value) {
    settings.merge(
        name,
        Integer.toString(value),
        (known, wanted) -> Integer.parseInt(known) >= value ? known : wanted);
  }
}
