package dev.pgbackup.engine.backup;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of a data directory is copied. What is left out is of use to the running server only, or is
 * made anew by the one that recovers.
 *
 * <p>Paths are relative to the data directory, the directory itself is the empty path.
 */
final class CopyRules {

  private static final Set<String> KEPT_EMPTY =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  /**
   * {@code lost+found} is there where the data directory is a mount point, and of nobody's use;
   * {@code .pgbackup} is what a restore has noted about itself.
   */
  private static final Set<String> LEFT_OUT_AT_THE_TOP =
      Set.of(
          "postmaster.pid",
          "postmaster.opts",
          "backup_label",
          "backup_label.old",
          "tablespace_map",
          "tablespace_map.old",
          "backup_manifest",
          "lost+found",
          ".pgbackup");

  private static final String TABLESPACES = "pg_tblspc";
  private static final Pattern RELATIONS =
      Pattern.compile("global|base/[0-9]+|pg_tblspc/[0-9]+/[^/]+/[0-9]+");
  private static final Pattern TABLESPACE = Pattern.compile("pg_tblspc/[0-9]+");

  private final String versionFolder;
  private final Set<Long> tablespaces;

  /**
   * @param versionFolder the only folder of a tablespace that belongs to this server
   * @param tablespaces those that were there when the backup began; what is made later is made
   *     again by the WAL
   */
  CopyRules(String versionFolder, Set<Long> tablespaces) {
    this.versionFolder = versionFolder;
    this.tablespaces = Set.copyOf(tablespaces);
  }

  boolean isCopied(String folder, String name) {
    if (name.startsWith("pgsql_tmp") || name.startsWith("pg_internal.init")) {
      return false;
    }
    if (folder.isEmpty()) {
      return !LEFT_OUT_AT_THE_TOP.contains(name) && !name.startsWith(".s.PGSQL.");
    }
    if (folder.equals(TABLESPACES)) {
      return name.matches("[0-9]{1,10}") && tablespaces.contains(Long.parseLong(name));
    }
    return !TABLESPACE.matcher(folder).matches() || name.equals(versionFolder);
  }

  /** Whether a folder is copied with what is in it, not only itself. */
  boolean isCopiedWithContent(String folder) {
    return !KEPT_EMPTY.contains(folder);
  }

  /** Whether a folder holds files of relations. */
  boolean holdsRelations(String folder) {
    return RELATIONS.matcher(folder).matches();
  }
}
