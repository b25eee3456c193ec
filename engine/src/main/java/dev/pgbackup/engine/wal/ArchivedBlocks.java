package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The hashes of WAL that the archive has, against which the same stretch is held as it comes from a
 * server.
 */
final class ArchivedBlocks {

  private static final int BLOCK = 64 << 10;

  private final Timeline timeline;
  private final Lsn to;
  private final List<byte[]> hashes;
  private final MessageDigest sha256 = Sha256.digest();
  private Lsn position;
  private int inBlock;
  private int block;

  private ArchivedBlocks(Timeline timeline, Lsn from, Lsn to, List<byte[]> hashes) {
    this.timeline = timeline;
    this.position = from;
    this.to = to;
    this.hashes = hashes;
  }

  /** Reads {@code [from, to)} from the archive. */
  static ArchivedBlocks of(ArchivedWal archived, Timeline timeline, Lsn from, Lsn to) {
    List<byte[]> hashes = new ArrayList<>();
    MessageDigest sha256 = Sha256.digest();
    int[] inBlock = {0};
    archived.read(
        timeline,
        from,
        to,
        bytes -> {
          ByteBuffer rest = bytes.duplicate();
          while (rest.hasRemaining()) {
            ByteBuffer step = take(rest, BLOCK - inBlock[0]);
            inBlock[0] += step.remaining();
            sha256.update(step);
            if (inBlock[0] == BLOCK) {
              hashes.add(sha256.digest());
              inBlock[0] = 0;
            }
          }
        });
    if (inBlock[0] > 0) {
      hashes.add(sha256.digest());
    }
    return new ArchivedBlocks(timeline, from, to, hashes);
  }

  private static ByteBuffer take(ByteBuffer from, int most) {
    ByteBuffer part = from.duplicate();
    part.limit(part.position() + Math.min(most, part.remaining()));
    from.position(part.limit());
    return part;
  }

  /**
   * Compares the next bytes; what lies behind the archived ones is not looked at.
   *
   * @throws dev.pgbackup.engine.error.EngineException with {@code DivergentWal}
   */
  void compare(ByteBuffer wal) {
    ByteBuffer rest = wal.duplicate();
    while (rest.hasRemaining() && position.isBefore(to)) {
      int left = (int) Math.min(BLOCK - inBlock, to.minus(position));
      ByteBuffer step = take(rest, left);
      position = position.plus(step.remaining());
      inBlock += step.remaining();
      sha256.update(step);
      if (inBlock == BLOCK || position.equals(to)) {
        if (!Arrays.equals(hashes.get(block), sha256.digest())) {
          throw Divergence.at(
              position.plus(-inBlock),
              "other bytes than timeline " + timeline + " of the archive has up to " + position);
        }
        block++;
        inBlock = 0;
      }
    }
  }
}
