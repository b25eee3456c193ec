package dev.pgbackup.engine.postgres.control;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * {@code global/pg_control}: who a cluster is and where it stands.
 *
 * @param formatVersion of the file; 1300 for PostgreSQL 13 to 16, 1700 for 17, 1800 for 18
 * @param writtenAt when the file was last written
 * @param checkpoint position of the last checkpoint's record
 * @param redo where replay from that checkpoint begins
 * @param timeline of the last checkpoint
 * @param nextXid the next transaction id at that checkpoint
 * @param minRecoveryPoint how far a recovery must at least go before the data is consistent; {@link
 *     Lsn#ZERO} outside of one
 * @param minRecoveryTimeline the timeline of {@code minRecoveryPoint}; empty outside of a recovery
 * @param backupStart where the base backup began that is being recovered; {@link Lsn#ZERO} if none
 */
public record ControlFile(
    int formatVersion,
    SystemIdentifier system,
    ClusterState state,
    Instant writtenAt,
    Lsn checkpoint,
    Lsn redo,
    Timeline timeline,
    Timeline previousTimeline,
    Xid nextXid,
    Lsn minRecoveryPoint,
    Optional<Timeline> minRecoveryTimeline,
    Lsn backupStart,
    Limits limits,
    WalSegmentSize segmentSize,
    boolean dataChecksums) {

  /** Where it lies in a data directory. */
  public static final String PATH = "global/pg_control";

  /** Bytes of the file: what counts, and zeros. */
  public static final int SIZE = 8192;

  private static final Set<Integer> VERSIONS = Set.of(1300, 1700, 1800);

  /** One field more, before the checksum. */
  private static final int VERSION_18 = 1800;

  /** Settings that a replaying server must at least have. */
  public record Limits(
      int maxConnections,
      int maxWorkerProcesses,
      int maxWalSenders,
      int maxPreparedTransactions,
      int maxLocksPerTransaction) {}

  /**
   * Reads the file of a data directory.
   *
   * @throws EngineException with {@code HostFailure} if it cannot be read, with {@code
   *     UnsupportedLayout} if it is none
   */
  public static ControlFile of(Path dataDirectory) {
    Path file = dataDirectory.resolve(PATH);
    try {
      return parse(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new EngineException(
          Reason.UnsupportedLayout,
          dataDirectory
              + " is no complete PostgreSQL data directory: it has no "
              + PATH
              + ". Check the path.",
          e);
    } catch (IOException e) {
      throw new EngineException(
          Reason.HostFailure, file + " cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /**
   * Reads the file's bytes.
   *
   * @throws EngineException with {@code UnsupportedLayout} if they are of another version, cut off,
   *     or their checksum is wrong
   */
  public static ControlFile parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < 296) {
      throw unreadable("it has only " + bytes.length + " bytes");
    }
    int version = in.getInt(8);
    if (!VERSIONS.contains(version)) {
      throw unreadable("its format " + version + " is not that of PostgreSQL 13 to 18");
    }
    requireChecksum(bytes, in, version == VERSION_18 ? 292 : 288);
    int state = in.getInt(16);
    if (state < 0 || state >= ClusterState.values().length) {
      throw unreadable("there is no state " + state);
    }
    int minRecoveryTimeline = in.getInt(144);
    return new ControlFile(
        version,
        new SystemIdentifier(in.getLong(0)),
        ClusterState.values()[state],
        Instant.ofEpochSecond(in.getLong(24)),
        new Lsn(in.getLong(32)),
        new Lsn(in.getLong(40)),
        new Timeline(in.getInt(48)),
        new Timeline(in.getInt(52)),
        new Xid(in.getLong(64)),
        new Lsn(in.getLong(136)),
        minRecoveryTimeline == 0
            ? Optional.empty()
            : Optional.of(new Timeline(minRecoveryTimeline)),
        new Lsn(in.getLong(152)),
        new Limits(in.getInt(180), in.getInt(184), in.getInt(188), in.getInt(192), in.getInt(196)),
        new WalSegmentSize(in.getInt(228)),
        in.getInt(252) != 0);
  }

  private static void requireChecksum(byte[] bytes, ByteBuffer in, int covered) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, covered);
    if ((int) crc.getValue() != in.getInt(covered)) {
      throw unreadable("its checksum is wrong");
    }
  }

  private static EngineException unreadable(String why) {
    return new EngineException(Reason.UnsupportedLayout, "pg_control cannot be read: " + why + ".");
  }
}
