package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.util.List;

/**
 * The last record to be replayed.
 *
 * @param window in which it lies
 */
record Stop(Window window, Timeline timeline, Lsn start, Lsn end, List<String> warnings) {

  Stop withWarning(String warning) {
    return new Stop(window, timeline, start, end, List.of(warning));
  }
}
