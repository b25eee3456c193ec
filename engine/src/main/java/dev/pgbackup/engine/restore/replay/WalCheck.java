package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.postgres.WalSegment;
import java.nio.file.Path;

/** Looks at WAL before a server gets it. */
@FunctionalInterface
public interface WalCheck {

  /**
   * Looks at a segment: one after the other, in the order of the path.
   *
   * @param file that holds it
   * @throws dev.pgbackup.engine.error.EngineException if no server may replay it
   */
  void look(WalSegment segment, Path file);
}
