package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.restore.plan.WalPath;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Turns positions that a replay reaches into progress. */
final class Pace {

  private static final Duration LEAST = Duration.ofSeconds(1);

  private final WalPath path;
  private final NavigableMap<Lsn, Milestone> milestones = new TreeMap<>();
  private Lsn begun;
  private Lsn replayed;
  private long begunAt;

  Pace(WalPath path, List<Milestone> milestones) {
    this.path = path;
    milestones.forEach(milestone -> this.milestones.put(milestone.position(), milestone));
    this.begun = path.from();
    this.replayed = path.from();
    this.begunAt = System.nanoTime();
  }

  /** Begins anew: a server that was started again asks for where the last one left off. */
  void restart() {
    begun = path.from();
    replayed = path.from();
    begunAt = System.nanoTime();
  }

  ReplayProgress reached(Lsn position, long now) {
    Lsn within = Lsn.min(Lsn.max(position, replayed), path.to());
    if (replayed.equals(path.from()) && within.isAfter(path.from())) {
      begun = within;
      begunAt = now;
    }
    replayed = within;
    return new ReplayProgress(path.from(), replayed, path.to(), passed(), left(now));
  }

  private Optional<Milestone> passed() {
    return Optional.ofNullable(milestones.floorEntry(replayed)).map(entry -> entry.getValue());
  }

  private Optional<Duration> left(long now) {
    Duration elapsed = Duration.ofNanos(now - begunAt);
    long done = replayed.minus(begun);
    if (done <= 0 || elapsed.compareTo(LEAST) < 0) {
      return Optional.empty();
    }
    double perNano = (double) done / elapsed.toNanos();
    return Optional.of(Duration.ofNanos((long) (path.to().minus(replayed) / perNano)));
  }
}
