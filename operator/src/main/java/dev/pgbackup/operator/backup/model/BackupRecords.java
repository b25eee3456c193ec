package dev.pgbackup.operator.backup.model;

import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.operator.pod.Names;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Telling records, which we make, from requests, which others make. */
public final class BackupRecords {

  private BackupRecords() {}

  /** Whether we made it, to show a backup that is in the bucket. */
  public static boolean isRecord(PgBackup backup) {
    return label(backup).isPresent();
  }

  /** The backup that an object stands for; nothing while a request has not begun. */
  public static Optional<String> backupId(PgBackup backup) {
    return label(backup)
        .or(() -> Optional.ofNullable(backup.getStatus()).map(status -> status.backupId()));
  }

  private static Optional<String> label(PgBackup backup) {
    Map<String, String> labels = backup.getMetadata().getLabels();
    return labels == null
        ? Optional.empty()
        : Optional.ofNullable(labels.get(Names.BACKUP_ID_LABEL));
  }

  /** The name of the record of a backup. */
  public static String name(String policy, String backupId) {
    return policy + "-" + backupId.toLowerCase(Locale.ROOT);
  }
}
