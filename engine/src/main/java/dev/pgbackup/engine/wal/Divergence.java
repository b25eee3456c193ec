package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;

/** The failure of WAL that does not continue what the archive holds. */
final class Divergence {

  private Divergence() {}

  /**
   * @param how it shows, as a clause
   */
  static EngineException at(Lsn position, String how) {
    return new EngineException(
        Reason.DivergentWal,
        "The server's WAL is not the continuation of the archive at "
            + position
            + ": "
            + how
            + ". The server was probably put back to an older state of its disk, or is a copy."
            + " Nothing is overwritten and archiving has stopped. Begin a new lineage for this"
            + " server, or bring back the right one.");
  }
}
