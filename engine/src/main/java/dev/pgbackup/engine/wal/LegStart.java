package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.wal.AttachPlan.Leg;
import java.util.List;
import java.util.Optional;

/**
 * How a leg begins.
 *
 * @param from the first position to be read
 * @param known up to here the bytes are in the archive
 * @param expected what they must be; empty if the archive cannot say, or there is none
 * @param packFrom the first position to be archived; what comes before is only compared
 * @param tails of the segment at {@code packFrom} that are in the archive
 */
record LegStart(
    Lsn from, Lsn known, Optional<ArchivedBlocks> expected, Lsn packFrom, List<WalObject> tails) {

  static LegStart of(Leg leg, StoreArchivedWal archived, WalSegmentSize size) {
    Lsn from = leg.start();
    boolean comparable =
        leg.known().isAfter(from)
            && !archived.contiguousEnd(leg.knownOn(), from).isBefore(leg.known());
    if (!comparable) {
      Lsn begin = leg.continues() ? size.floor(leg.known()) : from;
      return new LegStart(begin, begin, Optional.empty(), begin, List.of());
    }
    Optional<ArchivedBlocks> expected =
        Optional.of(ArchivedBlocks.of(archived, leg.knownOn(), from, leg.known()));
    if (!leg.continues()) {
      return new LegStart(from, leg.known(), expected, from, List.of());
    }
    WalSegment segment = WalSegment.containing(leg.timeline(), from, size);
    SegmentTails tails = SegmentTails.of(segment, archived.objects(segment));
    return new LegStart(
        from,
        leg.known(),
        expected,
        tails.sealed() ? segment.end() : from,
        tails.sealed() ? List.of() : tails.inOrder());
  }
}
