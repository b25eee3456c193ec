package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Duration;

/** Waits for WAL that another process archives, by looking into the archive now and then. */
public final class PollingDurableWal implements DurableWal {

  private final Archive archive;
  private final Duration interval;

  public PollingDurableWal(Archive archive, Duration interval) {
    this.archive = archive;
    this.interval = interval;
  }

  @Override
  public void await(Timeline timeline, Lsn from, Lsn to, Duration atMost) {
    DurableCheck check = new DurableCheck(archive, timeline, from, to);
    long end = System.nanoTime() + atMost.toNanos();
    while (!check.isDurable()) {
      if (System.nanoTime() - end >= 0) {
        throw check.tooLate(atMost);
      }
      try {
        Thread.sleep(interval.toMillis());
      } catch (InterruptedException e) {
        throw DurableCheck.interrupted(e);
      }
    }
  }
}
