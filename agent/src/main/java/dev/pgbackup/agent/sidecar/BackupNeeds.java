package dev.pgbackup.agent.sidecar;

import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Decides whether a backup is needed now, and why. Pure. */
final class BackupNeeds {

  private BackupNeeds() {}

  /**
   * The newest backup from which the server's present can be reached.
   *
   * @param timeline on which it was taken
   * @param start where its WAL begins
   */
  record Newest(Timeline timeline, Lsn start) {}

  /** The end of WAL that is missing. */
  record Hole(Timeline timeline, Lsn to) {}

  /**
   * Decides.
   *
   * @param immediate whether one is taken at once where there is none, or none of use
   * @param newest empty: there is none
   * @param live the timeline that the server is on
   * @param holes gaps of the archive
   * @param due when the schedule wants the next one; empty: never
   */
  static Optional<Origin> of(
      boolean immediate,
      Optional<Newest> newest,
      Timeline live,
      List<Hole> holes,
      Optional<Instant> due,
      Instant now) {
    if (immediate) {
      if (newest.isEmpty()) {
        return Optional.of(Origin.Initial);
      }
      if (!newest.get().timeline().equals(live)) {
        return Optional.of(Origin.PostRestore);
      }
      boolean cutOff =
          holes.stream()
              .anyMatch(
                  hole -> hole.timeline().equals(live) && hole.to().isAfter(newest.get().start()));
      if (cutOff) {
        return Optional.of(Origin.Initial);
      }
    }
    return due.filter(time -> !now.isBefore(time)).map(time -> Origin.Scheduled);
  }
}
