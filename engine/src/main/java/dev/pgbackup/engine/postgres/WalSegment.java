package dev.pgbackup.engine.postgres;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of the write-ahead log: {@code 0000000100000000000000A3}, that is timeline, log and
 * segment, eight hexadecimal digits each.
 *
 * @param timeline the timeline in whose name the file was written
 * @param start the position of its first byte, a multiple of the size
 */
public record WalSegment(Timeline timeline, Lsn start, WalSegmentSize size)
    implements Comparable<WalSegment> {

  private static final Pattern NAME = Pattern.compile("([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})");

  public WalSegment {
    if (!size.floor(start).equals(start)) {
      throw new IllegalArgumentException(start + " is not the start of a segment");
    }
  }

  /** The segment that holds the byte at {@code position}. */
  public static WalSegment containing(Timeline timeline, Lsn position, WalSegmentSize size) {
    return new WalSegment(timeline, size.floor(position), size);
  }

  /**
   * Reads a file name.
   *
   * @throws IllegalArgumentException if it is no name of a segment of that size
   */
  public static WalSegment parse(String fileName, WalSegmentSize size) {
    Matcher matcher = NAME.matcher(fileName);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("\"" + fileName + "\" is not the name of a WAL segment");
    }
    long log = Long.parseLong(matcher.group(2), 16);
    long segment = Long.parseLong(matcher.group(3), 16);
    if (segment >= size.segmentsPerLog()) {
      throw new IllegalArgumentException(
          "\"" + fileName + "\" cannot be a WAL segment of " + size.bytes() + " bytes");
    }
    return new WalSegment(
        Timeline.parseHex(matcher.group(1)), new Lsn((log << 32) | segment * size.bytes()), size);
  }

  public static boolean isSegmentName(String fileName) {
    return NAME.matcher(fileName).matches();
  }

  /** The position behind its last byte. */
  public Lsn end() {
    return start.plus(size.bytes());
  }

  public WalSegment next() {
    return new WalSegment(timeline, end(), size);
  }

  public String fileName() {
    return timeline.toHex() + logHex() + segmentHex();
  }

  /** The upper half of the position, eight digits: the folder of 4 GiB in which a segment lies. */
  public String logHex() {
    return String.format("%08X", start.value() >>> 32);
  }

  /** The number of the segment within its log, eight digits. */
  public String segmentHex() {
    return String.format("%08X", (start.value() & 0xFFFFFFFFL) / size.bytes());
  }

  @Override
  public int compareTo(WalSegment other) {
    int byStart = start.compareTo(other.start);
    return byStart != 0 ? byStart : timeline.compareTo(other.timeline);
  }

  @Override
  public String toString() {
    return fileName();
  }
}
