package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.restore.replay.PausedServer;

/** Looks at what a restore would bring, before it is made final. */
@FunctionalInterface
public interface Review {

  /** What comes after the look. */
  enum Decision {
    /** The restore goes on: the directory gets a timeline of its own. */
    Promote,
    /** The restore ends here; running it again goes on from here. */
    Stop
  }

  /** Takes as long as it takes; the server waits. */
  Decision look(PausedServer server);
}
