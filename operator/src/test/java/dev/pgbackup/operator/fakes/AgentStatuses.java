package dev.pgbackup.operator.fakes;

import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.AgentStatus.DatabaseStatus;
import dev.pgbackup.contract.status.AgentStatus.LastBackup;
import dev.pgbackup.contract.status.AgentStatus.RecoveryWindow;
import dev.pgbackup.contract.status.AgentStatus.StorageStatus;
import dev.pgbackup.contract.status.AgentStatus.WalGap;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.Failure;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statuses as an agent gives them. */
public final class AgentStatuses {

  public static final Instant NOW = Instant.parse("2026-11-22T14:00:00Z");
  public static final String ARCHIVE = "7559123456789012345-1";
  public static final String BACKUP_ID = "20261122T120000Z-3fa9";

  private AgentStatuses() {}

  /** One that only connects. */
  public static AgentStatus connecting() {
    return status(State.Connecting, null, null, List.of(), List.of(), "");
  }

  /** One that archives, with a backup two hours old. */
  public static AgentStatus streaming(String configHash) {
    return status(State.Streaming, null, lastBackup(), List.of(), List.of(), configHash);
  }

  /** One that is in a state, and says nothing more about it. */
  public static AgentStatus in(State state) {
    return status(state, null, lastBackup(), List.of(), List.of(), "");
  }

  public static AgentStatus failing(State state, String reason, String message) {
    return failing(state, reason, message, "");
  }

  public static AgentStatus failing(State state, String reason, String message, String configHash) {
    Failure failure = new Failure(reason, message, NOW);
    return status(state, failure, lastBackup(), List.of(), List.of(failure), configHash);
  }

  public static AgentStatus withGap(WalGap gap) {
    return status(State.Streaming, null, lastBackup(), List.of(gap), List.of(), "");
  }

  private static LastBackup lastBackup() {
    return new LastBackup(BACKUP_ID, "Initial", NOW.minusSeconds(7200), 1000, 300, 252);
  }

  private static AgentStatus status(
      State state,
      @Nullable Failure failure,
      @Nullable LastBackup backup,
      List<WalGap> gaps,
      List<Failure> problems,
      String configHash) {
    boolean connected = state != State.Connecting;
    return new AgentStatus(
        1,
        "0.1.0",
        NOW.minusSeconds(60),
        configHash,
        null,
        connected ? ARCHIVE : null,
        connected
            ? new DatabaseStatus(
                "7559123456789012345", "17.2", 1, 16 << 20, "/var/lib/postgresql/data/pgdata")
            : null,
        new ArchivingStatus(
            state,
            "Sql",
            null,
            "pgbackup_master",
            "reserved",
            100L,
            "0/3000060",
            "0/3000060",
            0L,
            NOW,
            failure,
            null),
        backup == null
            ? List.of()
            : List.of(
                new RecoveryWindow(
                    1, NOW.minusSeconds(7200), NOW, "0/2000100", "0/3000060", "742", true, null)),
        gaps,
        backup == null ? null : NOW.minusSeconds(7200),
        connected ? NOW : null,
        connected ? "742" : null,
        backup,
        null,
        null,
        null,
        null,
        connected ? new StorageStatus("s3://backups at http://s3.s3:9000", true) : null,
        backup != null,
        problems);
  }

  /** A published backup. */
  public static BackupDocument document(String id, String origin) {
    return new BackupDocument(
        id,
        origin,
        1,
        "0/2000028",
        "0/2000100",
        "730",
        "731",
        NOW.minusSeconds(7300),
        NOW.minusSeconds(7250),
        NOW.minusSeconds(7200),
        1_610_612_736,
        1_000_000,
        220_200_960,
        970,
        "17.2",
        List.of());
  }

  public static BackupList list(BackupDocument... newestFirst) {
    return new BackupList(
        1, ARCHIVE, "7559123456789012345", 17, 1, List.of(newestFirst), List.of(), List.of());
  }
}
