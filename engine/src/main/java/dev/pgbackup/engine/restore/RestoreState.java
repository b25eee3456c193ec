package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code .pgbackup/restore.json} in a restored directory: which restore it is of, and how far that
 * came. By it a restore that is run again knows its own work, goes on to the same record whatever
 * has been archived meanwhile, and promotes to the timeline that it has claimed.
 *
 * @param request what was asked for, in words: two restores are the same if this is
 * @param claimant as whom it claims its timeline
 * @param branch the timeline on whose way the target lies
 * @param lastRecord the start of the last record to be replayed
 * @param claimed its own timeline; null before it is claimed
 * @param promotedAt the position of the checkpoint with which the promoted server was shut down;
 *     null before that
 */
record RestoreState(
    FormatVersion formatVersion,
    ArchiveId archive,
    String request,
    String claimant,
    Stage stage,
    BackupId backup,
    Timeline branch,
    Lsn lastRecord,
    @Nullable Timeline claimed,
    @Nullable Lsn promotedAt,
    Instant begunAt) {

  /** How far a restore came. */
  enum Stage {
    /** The base backup is not complete. */
    Base,
    /** The base backup was complete. */
    Replay,
    /** Everything is done. */
    Done
  }

  static RestoreState begin(RestorePlan plan) {
    return new RestoreState(
        FormatVersion.CURRENT,
        plan.archive(),
        describe(plan.request()),
        "restore-" + UUID.randomUUID(),
        Stage.Base,
        plan.backup().backupId(),
        plan.target().branch().timeline(),
        plan.target().lastRecordStart(),
        null,
        null,
        Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private static String describe(RestoreRequest request) {
    return request.purpose()
        + " of "
        + request.target().describe()
        + request.timeline().map(timeline -> ", timeline " + timeline).orElse("")
        + request.backup().map(backup -> ", from backup " + backup).orElse("");
  }

  /** Whether it is of the restore that somebody asks for. */
  boolean isOf(RestorePlan plan) {
    return archive.equals(plan.archive()) && request.equals(describe(plan.request()));
  }

  /** The request by which exactly the same is planned once more. */
  RestoreRequest again(RestoreRequest.Purpose purpose) {
    return new RestoreRequest(
        new RecoveryTarget.Position(lastRecord, true),
        Optional.of(branch),
        Optional.of(backup),
        purpose);
  }

  RestoreState at(Stage other) {
    return new RestoreState(
        formatVersion,
        archive,
        request,
        claimant,
        other,
        backup,
        branch,
        lastRecord,
        claimed,
        promotedAt,
        begunAt);
  }

  RestoreState withClaim(Timeline timeline) {
    return new RestoreState(
        formatVersion,
        archive,
        request,
        claimant,
        stage,
        backup,
        branch,
        lastRecord,
        timeline,
        promotedAt,
        begunAt);
  }

  RestoreState done(Lsn checkpoint) {
    return new RestoreState(
        formatVersion,
        archive,
        request,
        claimant,
        Stage.Done,
        backup,
        branch,
        lastRecord,
        claimed,
        checkpoint,
        begunAt);
  }
}
