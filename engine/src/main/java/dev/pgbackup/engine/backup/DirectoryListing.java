package dev.pgbackup.engine.backup;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The names in one folder, in ascending order of their bytes. Kept small, since a folder may hold a
 * million.
 */
final class DirectoryListing {

  private byte[] names = new byte[1 << 12];
  private int[] ends = new int[1 << 8];
  private long[] sizes = new long[1 << 8];
  private final BitSet folders = new BitSet();
  private int count;

  /**
   * Adds an entry.
   *
   * @throws IllegalArgumentException if its name does not come after the one before
   */
  void add(byte[] buffer, int offset, int length, long size, boolean isFolder) {
    int start = start(count);
    if (count > 0
        && Arrays.compareUnsigned(names, start(count - 1), start, buffer, offset, offset + length)
            >= 0) {
      throw new IllegalArgumentException("names must ascend");
    }
    if (start + length > names.length) {
      names = Arrays.copyOf(names, Math.max(names.length * 2, start + length));
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
      sizes = Arrays.copyOf(sizes, count * 2);
    }
    System.arraycopy(buffer, offset, names, start, length);
    ends[count] = start + length;
    sizes[count] = size;
    folders.set(count, isFolder);
    count++;
  }

  int size() {
    return count;
  }

  String name(int position) {
    int start = start(position);
    return new String(names, start, ends[position] - start, StandardCharsets.UTF_8);
  }

  /** Bytes of a file. */
  long fileSize(int position) {
    return sizes[position];
  }

  boolean isFolder(int position) {
    return folders.get(position);
  }

  private int start(int position) {
    return position == 0 ? 0 : ends[position - 1];
  }
}
