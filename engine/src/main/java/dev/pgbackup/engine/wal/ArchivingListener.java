package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.postgres.Timeline;

/** Is told what happens while WAL is archived; within the archiving thread, so it must not wait. */
public interface ArchivingListener {

  /** For nobody. */
  ArchivingListener NONE = new ArchivingListener() {};

  /** The server is on a timeline that the archive did not know as the live one. */
  default void timelineBegun(Timeline timeline) {}

  /** WAL is missing for good: the recovery window is split, a base backup should follow. */
  default void gapFound(Gap gap) {}

  /** The state changed. */
  default void stateChanged(ArchivingState before, ArchivingStatus now) {}
}
