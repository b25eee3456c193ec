package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.retention.PrunePlan.WalDecision;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;

/**
 * Deletes a timeline's WAL and commit index up to a position, oldest first; history files and
 * claims stay for ever.
 */
final class WalPruning {

  private static final String TAIL = ".tail";

  private final ObjectStore store;
  private final ArchiveLayout layout;
  private final WalSegmentSize size;
  private final Batch batch;

  WalPruning(Archive archive, Batch batch) {
    this.store = archive.store();
    this.layout = archive.layout();
    this.size = archive.segmentSize();
    this.batch = batch;
  }

  void apply(WalDecision decision) {
    if (decision.keepsAll()) {
      return;
    }
    Timeline timeline = decision.timeline();
    delete(layout.index(timeline) + "/", decision.keepFrom(), this::endOfSpan);
    delete(layout.wal(timeline) + "/", decision.keepFrom(), this::endOfSegment);
  }

  /** Objects whose name is none that is known are left alone. */
  private void delete(String prefix, Optional<Lsn> keepFrom, Function<String, Optional<Lsn>> end) {
    Iterator<ObjectInfo> objects = store.list(prefix, "").iterator();
    while (objects.hasNext()) {
      ObjectInfo object = objects.next();
      Optional<Lsn> to = end.apply(object.key().substring(prefix.length()));
      if (to.isEmpty()) {
        continue;
      }
      if (keepFrom.isPresent() && to.get().isAfter(keepFrom.get())) {
        return;
      }
      batch.add(object);
    }
  }

  /**
   * Of {@code <log>/<segment>} and {@code <log>/<segment>.tail/<from>-<to>}: where the segment
   * ends.
   */
  private Optional<Lsn> endOfSegment(String name) {
    String[] parts = name.split("/", -1);
    if (parts.length < 2) {
      return Optional.empty();
    }
    String segment =
        parts[1].endsWith(TAIL)
            ? parts[1].substring(0, parts[1].length() - TAIL.length())
            : parts[1];
    return WalSegment.isSegmentName(segment)
        ? Optional.of(WalSegment.parse(segment, size).end())
        : Optional.empty();
  }

  /** Of {@code <log>/<from>-<to>}: the second position. */
  private Optional<Lsn> endOfSpan(String name) {
    int dash = name.lastIndexOf('-');
    try {
      return dash < 0 ? Optional.empty() : Optional.of(Lsn.parseSortable(name.substring(dash + 1)));
    } catch (IllegalArgumentException other) {
      return Optional.empty();
    }
  }
}
