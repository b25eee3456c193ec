package dev.pgbackup.agent.task;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.wal.DirectoryArchiver;
import dev.pgbackup.engine.wal.index.CommitIndexer;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.nio.file.Path;
import java.time.Duration;

/** Archives what a stopped server has written since it was last streamed. */
public final class StoppedServer {

  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final Archive archive;
  private final String slot;

  /**
   * @param slot the slot by which the server was streamed
   */
  public StoppedServer(Archive archive, String slot) {
    this.archive = archive;
    this.slot = slot;
  }

  /**
   * Archives, with the right to write, which is taken where nobody else writes.
   *
   * @return where the server's WAL ends
   */
  public WalTip archive(Path dataDirectory) throws InterruptedException {
    String database = Ownership.read(archive).map(Owner::database).orElse(dataDirectory.toString());
    Ownership ownership = Rights.of(archive, "archive-wal", database, slot, null);
    Rights.take(ownership);
    try {
      return new DirectoryArchiver(archive, ownership, CommitIndexer.factory(archive))
          .archive(dataDirectory, database, PATIENCE);
    } finally {
      ownership.release();
    }
  }
}
