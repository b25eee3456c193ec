package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;

/** The right to write WAL to an archive. */
public interface WriteRight {

  /**
   * Makes sure that it still holds; to be called before anything is sealed or published.
   *
   * @throws dev.pgbackup.engine.error.EngineException with {@code SecondWriter}
   */
  void check();

  /** Notes where the archive's server is, and what is durable. */
  void note(Timeline timeline, Lsn seenAt, Lsn durable);

  /** Says that its holder is alive, when that is due. */
  void renew();
}
