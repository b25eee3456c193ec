package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Duration;
import java.util.OptionalLong;

/** Where somebody who needs WAL in the archive waits for it. */
@FunctionalInterface
public interface DurableWal {

  /**
   * Returns when the archive holds every byte of {@code [from, to)} on a timeline.
   *
   * @throws dev.pgbackup.engine.error.EngineException with {@code BackupInterrupted} if that did
   *     not happen in time, with {@code WalGapDetected} if it never will, with {@code Interrupted}
   */
  void await(Timeline timeline, Lsn from, Lsn to, Duration atMost);

  /** The epoch with which this process itself archives; empty where another one does, or none. */
  default OptionalLong epoch() {
    return OptionalLong.empty();
  }
}
