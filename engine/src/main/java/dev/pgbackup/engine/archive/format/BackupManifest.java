package dev.pgbackup.engine.archive.format;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code base/<backup-id>/manifest}: a base backup, without the list of its files. Its existence is
 * the backup's: it is written last, when all chunks, the list of files and the WAL up to {@code
 * stopLsn} are durable.
 *
 * @param startLsn the redo position of the backup's checkpoint: WAL is needed from here on
 * @param checkpointLsn where the checkpoint record itself lies
 * @param stopLsn replay is consistent from here on
 * @param nextXidAtStart the next transaction id at the backup's begin
 * @param nextXidAtStop the same at its end
 * @param backupLabel verbatim, as {@code pg_backup_stop} returned it
 * @param tablespaceMap verbatim; null if the server returned none
 * @param server what a restored server needs to know
 * @param files where the list of files lies
 * @param totals sizes
 * @param corruption pages of the server that did not match their checksums when they were copied,
 *     as they are in this backup; null if there were none
 * @param references older backups in whose bundles chunks of this one lie
 * @param writer name and version of the program that wrote it
 */
public record BackupManifest(
    FormatVersion formatVersion,
    BackupId backupId,
    ArchiveId archiveId,
    Origin origin,
    Timeline timeline,
    Lsn startLsn,
    Lsn checkpointLsn,
    Lsn stopLsn,
    Xid nextXidAtStart,
    Xid nextXidAtStop,
    Instant startedAt,
    Instant stoppedAt,
    Instant publishedAt,
    String backupLabel,
    @Nullable String tablespaceMap,
    List<Tablespace> tablespaces,
    Server server,
    FileList files,
    Totals totals,
    @Nullable Corruption corruption,
    List<BackupId> references,
    String writer) {

  /** Why a backup was taken. */
  public enum Origin {
    Manual,
    Scheduled,
    /** The first of an archive, or the first after a gap. */
    Initial,
    PostRestore
  }

  /**
   * A tablespace outside the data directory.
   *
   * @param oid its folder's name under {@code pg_tblspc}
   * @param location the folder that the link names; null for one in place ({@code
   *     allow_in_place_tablespaces})
   */
  public record Tablespace(long oid, @Nullable String location) {}

  /**
   * The server at the time of the backup.
   *
   * @param settings those that replay depends on: the limits that {@code pg_control} records and
   *     {@code shared_preload_libraries}, as {@code SHOW} prints them
   * @param bootstrapRole name of the role with oid 10
   * @param dataDirectory its path on the server, for people
   * @param dataDirectoryMode octal digits, {@code 0700} or {@code 0750}
   */
  public record Server(
      ServerVersion version,
      WalSegmentSize walSegmentSize,
      boolean dataChecksums,
      Map<String, String> settings,
      String bootstrapRole,
      String dataDirectory,
      String dataDirectoryMode) {

    public Server {
      settings = Map.copyOf(settings);
    }
  }

  /**
   * The object {@code base/<backup-id>/files}: zstd over lines of JSON, one {@link FileEntry} each,
   * in ascending order of the path's bytes.
   *
   * @param storedSize bytes of the object
   * @param sha256 of the object as stored, hexadecimal
   * @param entries lines
   * @param bundles keys (relative to the archive's folder) that the entries' chunks refer to by
   *     position
   */
  public record FileList(long storedSize, String sha256, long entries, List<String> bundles) {

    public FileList {
      bundles = List.copyOf(bundles);
    }
  }

  /**
   * Sizes.
   *
   * @param files regular files
   * @param bytes their plain sizes added up
   * @param newBytes plain bytes of the chunks that this backup uploaded
   * @param storedBytes bytes of this backup's own bundles
   */
  public record Totals(long files, long bytes, long newBytes, long storedBytes) {}

  /**
   * Pages whose checksums were wrong.
   *
   * @param pages how many
   * @param first at most {@link #MOST_NAMED} of them
   */
  public record Corruption(long pages, List<CorruptPage> first) {

    public static final int MOST_NAMED = 1000;

    public Corruption {
      first = List.copyOf(first);
    }
  }

  /**
   * A page whose checksum was wrong.
   *
   * @param path of the file, as in the list of files
   * @param block number of the page in the relation, from 0; not in the file, which may be one
   *     segment of several
   */
  public record CorruptPage(String path, long block) {}

  public BackupManifest {
    tablespaces = List.copyOf(tablespaces);
    references = List.copyOf(references);
  }
}
