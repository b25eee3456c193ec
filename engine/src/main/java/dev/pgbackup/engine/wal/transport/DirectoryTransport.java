package dev.pgbackup.engine.wal.transport;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.postgres.control.ClusterState;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.wal.record.WalDecoder;
import dev.pgbackup.engine.wal.record.WalFormat;
import dev.pgbackup.engine.wal.record.WalFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WAL from the data directory of a server that does not run: up to the end of what the server
 * itself would replay, be it a shutdown checkpoint or the last whole record before a crash.
 */
public final class DirectoryTransport implements WalTransport {

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryTransport.class);
  private static final int PIECE = 256 << 10;

  private final ControlFile control;
  private final WalDirectory wal;
  private final ServerFacts facts;
  private final WalTip tip;

  private DirectoryTransport(ControlFile control, WalDirectory wal, ServerFacts facts, WalTip tip) {
    this.control = control;
    this.wal = wal;
    this.facts = facts;
    this.tip = tip;
  }

  /**
   * Looks at a data directory, and finds where its WAL ends.
   *
   * @throws EngineException with {@code UnsupportedLayout} if it is none, or one of a server that
   *     has written no WAL of its own; with {@code UnsupportedServerVersion}, {@code HostFailure}
   */
  public static DirectoryTransport open(Path dataDirectory) {
    ControlFile control = ControlFile.of(dataDirectory);
    if (control.state() == ClusterState.IN_ARCHIVE_RECOVERY
        || control.state() == ClusterState.SHUT_DOWN_IN_RECOVERY) {
      throw new EngineException(
          Reason.UnsupportedLayout,
          dataDirectory
              + " is of a standby, or of a restore that is not finished: it has no WAL of its own."
              + " Finish the restore, or promote the standby, first.");
    }
    WalDirectory wal = new WalDirectory(dataDirectory, control.segmentSize());
    Timeline timeline = timeline(control);
    ServerFacts facts =
        new ServerFacts(
            control.system(),
            version(dataDirectory),
            control.segmentSize(),
            control.writtenAt(),
            false,
            timeline,
            "replica",
            control.dataChecksums());
    TimelineHistory history =
        wal.historyFile(timeline)
            .map(file -> TimelineHistory.parse(timeline, file))
            .orElseGet(() -> TimelineHistory.root(timeline));
    return new DirectoryTransport(
        control, wal, facts, new WalTip(timeline, end(control, facts, wal, history)));
  }

  /** The timeline that a stopped server was on: promoted since its last checkpoint, the new one. */
  public static Timeline timeline(ControlFile control) {
    return control
        .minRecoveryTimeline()
        .filter(newer -> newer.compareTo(control.timeline()) > 0)
        .orElse(control.timeline());
  }

  private static ServerVersion version(Path dataDirectory) {
    Path file = dataDirectory.resolve("PG_VERSION");
    String text;
    try {
      text = Files.readString(file).strip();
    } catch (IOException e) {
      throw new EngineException(
          Reason.UnsupportedLayout, file + " cannot be read: " + e.getMessage() + ".", e);
    }
    if (text.matches("[1-9][0-9]")) {
      ServerVersion version = new ServerVersion(Integer.parseInt(text) * 10000);
      if (version.isSupported()) {
        return version;
      }
    }
    throw new EngineException(
        Reason.UnsupportedServerVersion,
        dataDirectory
            + " is of PostgreSQL "
            + text
            + "; "
            + ServerVersion.OLDEST_MAJOR
            + " to "
            + ServerVersion.NEWEST_MAJOR
            + " are supported.");
  }

  private static Lsn end(
      ControlFile control, ServerFacts facts, WalDirectory wal, TimelineHistory history) {
    Lsn position = WalFormat.pageOf(control.redo());
    WalDecoder decoder =
        new WalDecoder(
            WalFormat.of(facts.version(), facts.segmentSize()),
            position,
            control.nextXid(),
            event -> {});
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    try {
      while (decoder.endOfWal().isEmpty()) {
        Optional<WalSegment> segment = wal.find(history, position);
        if (segment.isEmpty()) {
          break;
        }
        piece.clear().limit((int) Math.min(PIECE, segment.get().end().minus(position)));
        if (!wal.read(segment.get(), position, piece)) {
          break;
        }
        position = position.plus(piece.position());
        decoder.accept(piece.flip());
      }
    } catch (WalFormatException e) {
      LOG.debug("WAL on disk ends at {}: {}", decoder.decodedTo(), e.getMessage());
    }
    if (decoder.decodedTo().isBefore(control.checkpoint())) {
      throw new EngineException(
          Reason.UnsupportedLayout,
          "pg_wal ends at "
              + decoder.decodedTo()
              + ", before the last checkpoint at "
              + control.checkpoint()
              + ": files are missing or damaged. Such a directory cannot be started either.");
    }
    return decoder.decodedTo();
  }

  @Override
  public String name() {
    return "Directory";
  }

  @Override
  public ServerFacts server() {
    return facts;
  }

  @Override
  public WalTip poll() {
    return tip;
  }

  @Override
  public boolean read(WalSegment segment, Lsn from, ByteBuffer into) {
    return wal.read(segment, from, into);
  }

  @Override
  public Optional<byte[]> historyFile(Timeline timeline) {
    return wal.historyFile(timeline);
  }

  @Override
  public Lsn keptFrom() {
    return control.redo();
  }

  @Override
  public Xid nextXid() {
    return control.nextXid();
  }

  /** Without effect: nobody throws anything away. */
  @Override
  public void confirm(Lsn durable) {}

  @Override
  public Optional<SlotStatus> slot() {
    return Optional.empty();
  }

  /** Without effect: there is none. */
  @Override
  public void giveUpSlot() {}

  @Override
  public void close() {}
}
