package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import java.time.Instant;

/**
 * A timeline that has WAL or backups in the archive, with the way that leads to it.
 *
 * @param history the way
 * @param lastWrittenAt when the archive last got something of it, by the store's clock
 */
public record Branch(TimelineHistory history, Instant lastWrittenAt) {

  public Timeline timeline() {
    return history.timeline();
  }

  boolean leadsThrough(ArchivedBackup backup) {
    return history.passes(backup.manifest().timeline(), backup.manifest().stopLsn());
  }
}
