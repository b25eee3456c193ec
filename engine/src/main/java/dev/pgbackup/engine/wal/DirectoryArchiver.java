package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.WriteRight;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.wal.transport.DirectoryTransport;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Archives what the data directory of a stopped server has beyond the archive: what was written
 * after the last poll, up to the shutdown checkpoint, and the first WAL of a timeline that a
 * restore began.
 */
public final class DirectoryArchiver {

  private static final int PIECE = 256 << 10;

  private final Archive archive;
  private final WriteRight right;
  private final WalFollower.Factory followers;

  /**
   * @param right to write; an {@link dev.pgbackup.engine.archive.Ownership} is taken already
   */
  public DirectoryArchiver(Archive archive, WriteRight right, WalFollower.Factory followers) {
    this.archive = archive;
    this.right = right;
    this.followers = followers;
  }

  /**
   * Archives, and returns when all is in the store.
   *
   * @param claimant who claims the directory's timeline if nobody has yet
   * @return where the directory's WAL ends: everything before it is in the archive
   * @throws EngineException as {@link DirectoryTransport#open}, with {@code ForeignArchive}, with
   *     {@code DivergentWal} if the archive has other WAL or is ahead, with {@code
   *     BackupInterrupted} if the store did not take it in time
   */
  public WalTip archive(Path dataDirectory, String claimant, Duration atMost) {
    try (DirectoryTransport transport = DirectoryTransport.open(dataDirectory)) {
      archive.requireServer(
          transport.server().system(),
          transport.server().version().major(),
          transport.server().segmentSize());
      WalTip tip = transport.poll();
      Optional<Lsn> there = new ArchiveEnds(archive).of(tip.timeline());
      if (there.isPresent() && there.get().isAfter(tip.end())) {
        requireSame(transport, tip, there.get());
        return tip;
      }
      run(transport, claimant, atMost);
      requireThere(tip, atMost);
      return tip;
    }
  }

  private void run(DirectoryTransport transport, String claimant, Duration atMost) {
    ArchivingSettings settings = ArchivingSettings.of("none");
    ArchivingControl control = new ArchivingControl();
    control.limit(atMost);
    try (WalUploads uploads = new WalUploads(archive, right, settings, control)) {
      new Attachment(
              uploads,
              transport,
              followers,
              settings,
              control,
              new StatusBoard(settings, ArchivingListener.NONE, Clock.systemUTC()),
              ArchivingListener.NONE,
              claimant,
              false)
          .run(() -> false);
    }
  }

  /**
   * The archive is ahead: that is in order only if it has the beginning of a record that the server
   * never finished, as it stands on the disk.
   */
  private void requireSame(DirectoryTransport transport, WalTip tip, Lsn archivedTo) {
    Lsn from = archive.segmentSize().floor(tip.end());
    ArchivedBlocks expected =
        ArchivedBlocks.of(new StoreArchivedWal(archive), tip.timeline(), from, archivedTo);
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    Lsn position = from;
    while (position.isBefore(archivedTo)) {
      WalSegment segment = WalSegment.containing(tip.timeline(), position, archive.segmentSize());
      Lsn end = Lsn.min(Lsn.min(segment.end(), archivedTo), position.plus(PIECE));
      piece.clear().limit((int) end.minus(position));
      if (!transport.read(segment, position, piece)) {
        throw Divergence.at(
            tip.end(), "the archive has this timeline up to " + archivedTo + " already");
      }
      expected.compare(piece.flip());
      position = end;
    }
  }

  private void requireThere(WalTip tip, Duration atMost) {
    Optional<Lsn> end = new ArchiveEnds(archive).of(tip.timeline());
    if (end.isEmpty() || end.get().isBefore(tip.end())) {
      throw new EngineException(
          Reason.BackupInterrupted,
          "The WAL of the stopped server could not be stored up to "
              + tip.end()
              + " within "
              + atMost.toSeconds()
              + " s. See that the store is reachable, and try again.");
    }
  }
}
