package dev.pgbackup.engine.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The size of a server's WAL segments, chosen at initdb.
 *
 * @param bytes a power of two from 1 MiB to 1 GiB
 */
public record WalSegmentSize(int bytes) {

  public static final WalSegmentSize DEFAULT = new WalSegmentSize(16 << 20);

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public WalSegmentSize {
    if (bytes < 1 << 20 || bytes > 1 << 30 || Integer.bitCount(bytes) != 1) {
      throw new IllegalArgumentException(
          "a WAL segment is a power of two from 1 MiB to 1 GiB, not " + bytes + " bytes");
    }
  }

  /** Segments in one {@code log}, that is in 4 GiB of WAL. */
  public long segmentsPerLog() {
    return 0x1_0000_0000L / bytes;
  }

  /** The start of the segment that holds the byte at {@code position}. */
  public Lsn floor(Lsn position) {
    return new Lsn(position.value() & -(long) bytes);
  }

  /** The first segment boundary at or after {@code position}. */
  public Lsn ceiling(Lsn position) {
    return floor(position.plus(bytes - 1L));
  }

  @JsonValue
  public int toJson() {
    return bytes;
  }
}
