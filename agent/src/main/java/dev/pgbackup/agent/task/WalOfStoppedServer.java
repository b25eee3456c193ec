package dev.pgbackup.agent.task;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.wal.DirectoryArchiver;
import dev.pgbackup.engine.wal.index.CommitIndexer;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Archives what the data directory of a stopped server has beyond its archive. */
public final class WalOfStoppedServer {

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private WalOfStoppedServer() {}

  /**
   * Archives.
   *
   * @param slot of the agent that writes the archive otherwise; empty: as the archive knows it
   * @return where the directory's WAL ends
   */
  public static FlushResult archive(
      Archive archive,
      Path dataDirectory,
      Optional<String> slot,
      @Nullable Long takeOverEpoch) {
    Optional<Owner> owner = Ownership.read(archive);
    Ownership ownership =
        Rights.of(
            archive,
            "archive-wal",
            owner.map(Owner::database).orElse("directory"),
            slot.or(() -> owner.map(Owner::slot)).orElse("pgbackup"),
            takeOverEpoch);
    try {
      Rights.take(ownership);
      WalTip tip =
          new DirectoryArchiver(archive, ownership, CommitIndexer.factory(archive))
              .archive(dataDirectory, "archive-wal " + dataDirectory, PATIENCE);
      return new FlushResult(
          ContractJson.VERSION, tip.timeline().number(), tip.end().toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "Interrupted.", e);
    } finally {
      ownership.release();
    }
  }
}
