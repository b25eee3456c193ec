package dev.pgbackup.operator.backup.model;

import static dev.pgbackup.operator.status.ConditionType.Complete;
import static dev.pgbackup.operator.status.ConditionType.Failed;
import static dev.pgbackup.operator.status.ConditionType.Ready;
import static dev.pgbackup.operator.status.ConditionType.Reconciling;
import static dev.pgbackup.operator.status.ConditionType.Stalled;

import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.crds.backup.BackupPhase;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.backup.PgBackupStatus;
import dev.pgbackup.crds.backup.PgBackupStatus.BackupOrigin;
import dev.pgbackup.crds.backup.PgBackupStatus.Progress;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import dev.pgbackup.operator.status.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The status of a {@code PgBackup}: the one place where it is put together. */
public final class BackupStatuses {

  private BackupStatuses() {}

  /** It has not begun. */
  public static PgBackupStatus waiting(
      PgBackup backup, String reason, String message, Instant now) {
    return turned(backup, BackupPhase.Pending, reason, message, now);
  }

  /** It will not be taken. */
  public static PgBackupStatus failed(PgBackup backup, String reason, String message, Instant now) {
    return turned(backup, BackupPhase.Failed, reason, message, now);
  }

  /** It is no longer in the archive. */
  public static PgBackupStatus expired(PgBackup backup, Instant now) {
    return turned(backup, BackupPhase.Expired, "Expired", sentence(BackupPhase.Expired), now);
  }

  /** The same facts in another phase. */
  private static PgBackupStatus turned(
      PgBackup backup, BackupPhase phase, String reason, String message, Instant now) {
    PgBackupStatus before = before(backup);
    return new PgBackupStatus(
        backup.getMetadata().getGeneration(),
        phase,
        message,
        before.backupId(),
        before.origin(),
        before.timeline(),
        before.beginLsn(),
        before.endLsn(),
        before.startedAt(),
        before.completedAt(),
        before.totalBytes(),
        before.storedBytes(),
        before.size(),
        before.storedSize(),
        null,
        conditions(backup, phase, reason, message, now));
  }

  /** It runs, or has just ended. */
  public static PgBackupStatus progressing(
      PgBackup backup, BackupProgressStatus progress, Instant now) {
    BackupPhase phase =
        switch (progress.phase()) {
          case Pending, Unknown -> BackupPhase.Pending;
          case Running -> BackupPhase.Running;
          case WaitingForWal -> BackupPhase.WaitingForWal;
          case Completed -> BackupPhase.Completed;
          case Failed -> BackupPhase.Failed;
        };
    String reason = progress.failure() == null ? phase.name() : progress.failure().reason();
    String message = progress.failure() == null ? sentence(phase) : progress.failure().message();
    PgBackupStatus before = before(backup);
    return new PgBackupStatus(
        backup.getMetadata().getGeneration(),
        phase,
        message,
        progress.backupId() == null ? before.backupId() : progress.backupId(),
        origin(progress.origin()),
        before.timeline(),
        before.beginLsn(),
        before.endLsn(),
        progress.startedAt(),
        progress.endedAt(),
        before.totalBytes(),
        before.storedBytes(),
        before.size(),
        before.storedSize(),
        phase.isTerminal() ? null : numbers(progress),
        conditions(backup, phase, reason, message, now));
  }

  private static Progress numbers(BackupProgressStatus progress) {
    Long done = progress.bytesDone();
    Long total = progress.bytesTotal();
    Integer percent =
        done == null || total == null || total == 0
            ? null
            : (int) Math.min(100, done * 100 / total);
    return new Progress(done, total, percent, progress.etaSeconds());
  }

  /** It is in the archive. */
  public static PgBackupStatus completed(PgBackup backup, BackupDocument document, Instant now) {
    String message = sentence(BackupPhase.Completed);
    return new PgBackupStatus(
        backup.getMetadata().getGeneration(),
        BackupPhase.Completed,
        message,
        document.backupId(),
        origin(document.origin()),
        (long) document.timeline(),
        document.beginLsn(),
        document.endLsn(),
        document.startedAt(),
        document.completedAt(),
        document.totalBytes(),
        document.storedBytes(),
        RoundedBytes.of(document.totalBytes()),
        RoundedBytes.of(document.storedBytes()),
        null,
        conditions(backup, BackupPhase.Completed, BackupPhase.Completed.name(), message, now));
  }

  private static List<Condition> conditions(
      PgBackup backup, BackupPhase phase, String reason, String message, Instant now) {
    boolean completed = phase == BackupPhase.Completed;
    boolean failed = phase == BackupPhase.Failed;
    return Conditions.of(
        before(backup).conditions(),
        List.of(
            verdict(Ready, completed, reason, message),
            verdict(Reconciling, !phase.isTerminal(), reason, message),
            verdict(Stalled, failed, reason, message),
            verdict(Complete, completed, reason, message),
            verdict(Failed, failed, reason, message)),
        backup.getMetadata().getGeneration(),
        now);
  }

  private static Verdict verdict(ConditionType type, boolean value, String reason, String message) {
    return value ? Verdict.isTrue(type, reason, message) : Verdict.isFalse(type, reason, message);
  }

  private static PgBackupStatus before(PgBackup backup) {
    return Objects.requireNonNullElse(backup.getStatus(), PgBackupStatus.EMPTY);
  }

  private static @Nullable BackupOrigin origin(String origin) {
    for (BackupOrigin known : BackupOrigin.values()) {
      if (known.name().equals(origin)) {
        return known;
      }
    }
    return null;
  }

  private static String sentence(BackupPhase phase) {
    return switch (phase) {
      case Pending -> "The agent has been asked and will begin.";
      case Running -> "Files are read and uploaded.";
      case WaitingForWal ->
          "All files are uploaded; the WAL that makes the backup consistent is awaited.";
      case Completed -> "The backup is in the archive.";
      case Failed -> "Nothing was published.";
      case Expired -> "The backup is no longer in the archive.";
      case Unrecognized -> "";
    };
  }
}
