package dev.pgbackup.agent.job;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.Review;
import dev.pgbackup.engine.restore.replay.PausedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a server wait at its target until somebody approves that it is promoted. */
final class Approval implements Review {

  private static final Logger LOG = LoggerFactory.getLogger(Approval.class);
  private static final long LOOK_MILLIS = 500;

  private final Review before;
  private final Path file;
  private final Consumer<PausedServer> waiting;

  /**
   * @param before what has to agree first
   * @param file that is there when it is approved
   * @param waiting told of the server that can be looked at
   */
  Approval(Review before, Path file, Consumer<PausedServer> waiting) {
    this.before = before;
    this.file = file;
    this.waiting = waiting;
  }

  @Override
  public Decision look(PausedServer server) {
    Decision decision = before.look(server);
    if (decision != Decision.Promote) {
      return decision;
    }
    LOG.info("The target is reached; the server waits, on port {}, to be approved.", server.port());
    waiting.accept(server);
    try {
      while (!Files.exists(file)) {
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "Ended while it waited to be approved.", e);
    }
    LOG.info("It is approved.");
    return Decision.Promote;
  }
}
