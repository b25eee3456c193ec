package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.wal.record.WalDecoder;
import dev.pgbackup.engine.wal.record.WalEvent;
import dev.pgbackup.engine.wal.record.WalFormat;
import dev.pgbackup.engine.wal.record.WalFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a server from replaying the creation of a tablespace at a place that nobody has allowed.
 *
 * <p>PostgreSQL makes a tablespace that came after the base backup at its original path, and
 * empties what it finds there. On the machine of the server that was backed up this is that
 * server's own data, and no setting leads it elsewhere.
 */
public final class NewTablespaces implements WalCheck {

  private static final Logger LOG = LoggerFactory.getLogger(NewTablespaces.class);
  private static final int PIECE = 256 << 10;

  private final RestorePlan plan;
  private final Set<String> ofBackup;
  private final Map<String, Path> mapping;
  private @Nullable WalDecoder decoder;
  private boolean unreadable;

  /**
   * @param mapping places of tablespaces, by their original ones; one that is mapped to itself may
   *     be used, if it is empty
   */
  public NewTablespaces(RestorePlan plan, Map<String, Path> mapping) {
    this.plan = plan;
    this.mapping = Map.copyOf(mapping);
    this.ofBackup =
        plan.backup().tablespaces().stream()
            .map(tablespace -> tablespace.location())
            .filter(location -> location != null && isLeftAlone(location))
            .collect(Collectors.toSet());
  }

  private boolean isLeftAlone(String location) {
    return mapping.getOrDefault(location, Path.of(location)).equals(Path.of(location));
  }

  @Override
  public void look(WalSegment segment, Path file) {
    if (unreadable || (decoder != null && segment.start().isBefore(decoder.position()))) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      WalDecoder reading = decoderAt(segment.start());
      ByteBuffer piece = ByteBuffer.allocate(PIECE);
      while (channel.read(piece.clear()) > 0) {
        reading.accept(piece.flip());
      }
    } catch (WalFormatException e) {
      unreadable = true;
      LOG.warn(
          "WAL from {} on cannot be looked at before it is replayed: {}", segment, e.getMessage());
    } catch (IOException e) {
      throw new EngineException(
          Reason.HostFailure, file + " cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** Goes on where it was; where a server left something out, anew. */
  private WalDecoder decoderAt(Lsn position) {
    WalDecoder known = decoder;
    if (known != null && known.position().equals(position)) {
      return known;
    }
    WalDecoder fresh =
        new WalDecoder(
            WalFormat.of(plan.backup().server().version(), plan.wal().size()),
            position,
            plan.backup().nextXidAtStart(),
            this::take);
    decoder = fresh;
    return fresh;
  }

  private void take(WalEvent event) {
    if (event instanceof WalEvent.TablespaceCreate created
        && !created.start().isBefore(plan.wal().from())
        && created.start().isBefore(plan.wal().to())
        && !created.path().isEmpty()
        && !ofBackup.contains(created.path())
        && !isAllowed(created.path())) {
      throw new EngineException(
          Reason.BackupNotRestorable,
          "After backup "
              + plan.backup().backupId()
              + " had begun, a tablespace was created at "
              + created.path()
              + " (WAL position "
              + created.start()
              + "). Replay would make it there again, over whatever is there. Begin from a later backup, of which it can"
              + " be mapped; choose a target before; or give it that very place, which must be an empty folder:"
              + " --tablespace-mapping "
              + created.path()
              + "="
              + created.path()
              + ".");
    }
  }

  private boolean isAllowed(String path) {
    Path place = Path.of(path);
    if (!place.equals(mapping.get(path))) {
      return false;
    }
    try (Stream<Path> entries = Files.list(place)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }
}
