package dev.pgbackup.engine.wal.transport;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The {@code pg_wal} of a data directory. */
final class WalDirectory {

  private final Path directory;
  private final WalSegmentSize size;

  WalDirectory(Path dataDirectory, WalSegmentSize size) {
    this.directory = dataDirectory.resolve("pg_wal");
    this.size = size;
  }

  boolean has(WalSegment segment) {
    try {
      return Files.size(file(segment)) == size.bytes();
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw unreadable(file(segment), e);
    }
  }

  /** Fills {@code into} from its position to its limit; false if there are no such bytes. */
  boolean read(WalSegment segment, Lsn from, ByteBuffer into) {
    int begin = into.position();
    try (FileChannel channel = FileChannel.open(file(segment), StandardOpenOption.READ)) {
      long offset = from.minus(segment.start());
      while (into.hasRemaining()) {
        int count = channel.read(into, offset);
        if (count < 0) {
          into.position(begin);
          return false;
        }
        offset += count;
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw unreadable(file(segment), e);
    }
  }

  Optional<byte[]> historyFile(Timeline timeline) {
    Path file = directory.resolve(timeline.historyFileName());
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * The file in which PostgreSQL would look for a position, coming to {@code history}'s timeline:
   * that of the newest timeline that has one. Empty if none has.
   */
  Optional<WalSegment> find(TimelineHistory history, Lsn position) {
    List<TimelineHistory.Stretch> newestFirst = new ArrayList<>(history.path());
    Collections.reverse(newestFirst);
    return newestFirst.stream()
        .filter(stretch -> !size.floor(stretch.from()).isAfter(position))
        .map(stretch -> WalSegment.containing(stretch.timeline(), position, size))
        .filter(this::has)
        .findFirst();
  }

  private Path file(WalSegment segment) {
    return directory.resolve(segment.fileName());
  }

  private static EngineException unreadable(Path file, IOException e) {
    return new EngineException(
        Reason.HostFailure, file + " cannot be read: " + e.getMessage() + ".", e);
  }
}
