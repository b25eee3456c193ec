package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.archive.format.TimelineClaim;
import java.nio.file.Path;

/** Archives what a promoted and stopped server has written on its own timeline, history first. */
@FunctionalInterface
interface TimelineArchiver {

  /** Returns when everything is in the store; what is there already stays as it is. */
  void archive(Path dataDirectory, TimelineClaim claim);
}
