package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.util.Optional;

/**
 * What is to be verified.
 *
 * @param backup one backup; empty: all
 * @param sample the part of the chunks and of the WAL whose content is read, above 0 up to 1; that
 *     every object is there with its size is looked at in any case
 * @param seed chooses the sample; the same seed chooses the same
 * @param window whether all WAL from the backup to the newest position of the live timeline is
 *     verified, not only what makes the backup consistent
 */
public record VerifyRequest(Optional<BackupId> backup, double sample, long seed, boolean window) {

  public VerifyRequest {
    if (!(sample > 0 && sample <= 1)) {
      throw new EngineException(
          Reason.InvalidArgument, "the sample must be a part above 0 and up to 1, such as 0.1");
    }
  }

  /** All backups, all of their content, and the WAL that makes them consistent. */
  public static VerifyRequest everything() {
    return new VerifyRequest(Optional.empty(), 1, 0, false);
  }

  public static VerifyRequest of(BackupId backup) {
    return new VerifyRequest(Optional.of(backup), 1, 0, false);
  }

  public VerifyRequest sampling(double part, long withSeed) {
    return new VerifyRequest(backup, part, withSeed, window);
  }

  public VerifyRequest withWindow() {
    return new VerifyRequest(backup, sample, seed, true);
  }

  boolean isSample() {
    return sample < 1;
  }
}
