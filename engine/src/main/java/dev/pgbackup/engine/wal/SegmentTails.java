package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.WalSegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What an archive has of one segment, sorted out.
 *
 * @param sealed whether it has all of it as one object
 * @param inOrder tails that follow each other without hole and overlap, from the segment's start
 * @param useless tails that say nothing that others do not
 */
record SegmentTails(boolean sealed, List<WalObject> inOrder, List<WalObject> useless) {

  SegmentTails {
    inOrder = List.copyOf(inOrder);
    useless = List.copyOf(useless);
  }

  static SegmentTails none() {
    return new SegmentTails(false, List.of(), List.of());
  }

  /** Behind the last byte that the tails in order hold; the segment's start if there are none. */
  Lsn end(WalSegment segment) {
    return inOrder.isEmpty() ? segment.start() : inOrder.get(inOrder.size() - 1).to();
  }

  static SegmentTails of(WalSegment segment, List<WalObject> objects) {
    List<WalObject> tails = objects.stream().filter(object -> !object.sealed()).toList();
    if (tails.size() < objects.size()) {
      return new SegmentTails(true, List.of(), tails);
    }
    List<WalObject> chain = new ArrayList<>();
    Lsn end = segment.start();
    while (true) {
      Lsn from = end;
      Optional<WalObject> longest =
          tails.stream()
              .filter(tail -> tail.from().equals(from))
              .max(Comparator.comparing(WalObject::to));
      if (longest.isEmpty()) {
        break;
      }
      chain.add(longest.get());
      end = longest.get().to();
    }
    Lsn covered = end;
    List<WalObject> useless =
        tails.stream()
            .filter(tail -> !chain.contains(tail) && !tail.to().isAfter(covered))
            .toList();
    return new SegmentTails(false, chain, useless);
  }
}
