package dev.pgbackup.engine.archive.format;

import java.util.List;

/**
 * One line of a backup's list of files.
 *
 * @param path relative to the data directory, {@code /} between parts; files of tablespaces under
 *     {@code pg_tblspc/<oid>/}
 * @param kind what it is
 * @param size plain bytes; 0 for a directory
 * @param chunks in order, without holes: each but the last {@link Chunk#SIZE} bytes
 */
public record FileEntry(String path, Kind kind, long size, List<Chunk> chunks) {

  /** What a path is. */
  public enum Kind {
    File,
    Directory
  }

  public FileEntry {
    chunks = List.copyOf(chunks);
  }
}
