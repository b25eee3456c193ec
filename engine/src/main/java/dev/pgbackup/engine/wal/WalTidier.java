package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.WriteRight;
import dev.pgbackup.engine.postgres.WalSegment;

/**
 * Puts in order what a killed run left: tails of sealed segments, segments that only tails hold.
 */
final class WalTidier {

  private final StoreArchivedWal archived;
  private final WalObjectWriter writer;

  WalTidier(Archive archive, WriteRight right) {
    this.archived = new StoreArchivedWal(archive);
    this.writer = new WalObjectWriter(archive, right);
  }

  /**
   * @param newest the segment that holds the last durable byte of its timeline
   * @param count how many segments before it are looked at
   */
  void tidy(WalSegment newest, int count) {
    tidyOne(newest);
    WalSegment segment = newest;
    for (int i = 0; i < count && segment.start().value() != 0; i++) {
      segment =
          new WalSegment(
              segment.timeline(), segment.start().plus(-segment.size().bytes()), segment.size());
      SegmentTails tails = tidyOne(segment);
      if (!tails.sealed() && tails.end(segment).equals(segment.end())) {
        writer.seal(segment, tails.inOrder());
        writer.deleteTails(segment);
      }
    }
  }

  private SegmentTails tidyOne(WalSegment segment) {
    SegmentTails tails = SegmentTails.of(segment, archived.objects(segment));
    if (!tails.useless().isEmpty()) {
      writer.delete(tails.useless());
    }
    return tails;
  }
}
