package dev.pgbackup.contract.status;

import dev.pgbackup.contract.status.AgentStatus.RecoveryWindow;
import dev.pgbackup.contract.status.AgentStatus.WalGap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /backups} and {@code pgbackup list -o json}: the published backups of an archive, and
 * what can be restored with them.
 *
 * @param backups newest first
 * @param liveTimeline on which the server was last seen
 * @param recoveryWindows oldest first
 */
public record BackupList(
    int version,
    String archiveId,
    String systemIdentifier,
    int majorVersion,
    @Nullable Integer liveTimeline,
    List<BackupDocument> backups,
    List<RecoveryWindow> recoveryWindows,
    List<WalGap> gaps) {

  public BackupList {
    backups = backups == null ? List.of() : List.copyOf(backups);
    recoveryWindows = recoveryWindows == null ? List.of() : List.copyOf(recoveryWindows);
    gaps = gaps == null ? List.of() : List.copyOf(gaps);
  }
}
