package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.util.Optional;

/**
 * An object that holds WAL: a sealed segment or a tail.
 *
 * @param key of the object
 * @param segment whose bytes it holds
 * @param from the first position
 * @param to the position behind the last
 */
public record WalObject(String key, WalSegment segment, Lsn from, Lsn to) {

  private static final String TAIL = ".tail/";

  public boolean sealed() {
    return from.equals(segment.start()) && to.equals(segment.end()) && !key.contains(TAIL);
  }

  public boolean contains(Lsn position) {
    return !position.isBefore(from) && position.isBefore(to);
  }

  /** Reads a key below {@code wal/<timeline>/<log>/}; empty for what is no WAL of that timeline. */
  public static Optional<WalObject> parse(String key, Timeline timeline, WalSegmentSize size) {
    int tail = key.indexOf(TAIL);
    String path = tail < 0 ? key : key.substring(0, tail);
    String name = path.substring(path.lastIndexOf('/') + 1);
    try {
      WalSegment segment = WalSegment.parse(name, size);
      if (!segment.timeline().equals(timeline)) {
        return Optional.empty();
      }
      if (tail < 0) {
        return Optional.of(new WalObject(key, segment, segment.start(), segment.end()));
      }
      String[] span = key.substring(tail + TAIL.length()).split("-", -1);
      if (span.length != 2) {
        return Optional.empty();
      }
      Lsn from = Lsn.parseSortable(span[0]);
      Lsn to = Lsn.parseSortable(span[1]);
      boolean inside =
          from.isBefore(to) && !from.isBefore(segment.start()) && !to.isAfter(segment.end());
      return inside ? Optional.of(new WalObject(key, segment, from, to)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
