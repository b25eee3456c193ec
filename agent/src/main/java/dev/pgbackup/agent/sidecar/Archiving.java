package dev.pgbackup.agent.sidecar;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.wal.ArchivingStatus;
import dev.pgbackup.engine.wal.DurableWal;
import dev.pgbackup.engine.wal.WalArchiver;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Archiving of one server into one archive, which can be paused, and begun again otherwise. */
final class Archiving implements DurableWal {

  private Supplier<WalArchiver> maker;
  private @Nullable WalArchiver current;

  /**
   * @param maker makes an archiver that has not begun
   */
  Archiving(Supplier<WalArchiver> maker) {
    this.maker = maker;
  }

  /** Begins, unless it has begun. */
  synchronized void start() {
    if (current == null) {
      current = maker.get();
      current.start();
    }
  }

  /** Ends, with all sessions and the right to write; the slot stays. */
  synchronized void stop(Duration drain) {
    WalArchiver archiver = current;
    current = null;
    if (archiver != null) {
      archiver.close(drain);
    }
  }

  /** Goes on with archivers of another making. */
  synchronized void restart(Supplier<WalArchiver> instead, Duration drain) {
    maker = instead;
    if (current != null) {
      stop(drain);
      start();
    }
  }

  /** Empty while it is stopped. */
  synchronized Optional<ArchivingStatus> status() {
    return Optional.ofNullable(current).map(WalArchiver::status);
  }

  private synchronized WalArchiver running() {
    if (current == null) {
      throw new EngineException(
          Reason.BackupInterrupted,
          "Archiving is stopped at the moment. Try again when it goes on.");
    }
    return current;
  }

  /** See {@link WalArchiver#flush}. */
  Lsn flush(Duration atMost) {
    return running().flush(atMost);
  }

  @Override
  public void await(Timeline timeline, Lsn from, Lsn to, Duration atMost) {
    running().await(timeline, from, to, atMost);
  }

  @Override
  public synchronized OptionalLong epoch() {
    return current == null ? OptionalLong.empty() : current.epoch();
  }
}
