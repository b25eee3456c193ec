package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.content.FileListWriter;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What of a data directory is copied, and in which order")
class SourceTreeTest {

  private static final String VERSION = "PG_16_202307071";

  private final Map<String, TreeMap<String, Boolean>> folders = new TreeMap<>();

  @Test
  void content_of_what_only_the_running_server_needs_is_left_out_but_not_its_folder() {
    for (String folder :
        List.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans")) {
      file(folder + "/0001");
    }
    file("pg_xact/0000");
    file("pg_logical/mappings/map");

    assertThat(walk())
        .containsExactly(
            "pg_dynshmem",
            "pg_logical",
            "pg_logical/mappings",
            "pg_logical/mappings/map",
            "pg_notify",
            "pg_replslot",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans",
            "pg_wal",
            "pg_xact",
            "pg_xact/0000");
  }

  @Test
  void files_of_the_running_server_and_of_backups_are_left_out() {
    List.of(
            "postmaster.pid",
            "postmaster.opts",
            "backup_label",
            "backup_label.old",
            "tablespace_map",
            "backup_manifest",
            ".s.PGSQL.5432",
            ".s.PGSQL.5432.lock",
            "lost+found/x",
            "base/pgsql_tmp/pgsql_tmp17.0",
            "base/5/pg_internal.init",
            "base/5/pg_internal.init.1234",
            "global/pg_internal.init")
        .forEach(this::file);
    file("base/5/pg_filenode.map");
    file("postgresql.auto.conf");

    assertThat(walk())
        .containsExactly(
            "base", "base/5", "base/5/pg_filenode.map", "global", "postgresql.auto.conf");
  }

  @Test
  @DisplayName("B4: temporary relations are left out, unlogged ones except their init forks")
  void relations_that_do_not_outlive_a_crash() {
    List.of(
            "16384",
            "16384.1",
            "16384_fsm",
            "16384_vm",
            "16390",
            "16390.1",
            "16390_fsm",
            "16390_init",
            "16390_vm",
            "t3_16400",
            "t3_16400_fsm.1",
            "163901")
        .forEach(name -> file("base/5/" + name));
    file("pg_xact/t3_16400");

    assertThat(walk())
        .containsExactly(
            "base",
            "base/5",
            "base/5/16384",
            "base/5/16384.1",
            "base/5/16384_fsm",
            "base/5/16384_vm",
            "base/5/163901",
            "base/5/16390_init",
            "pg_xact",
            "pg_xact/t3_16400");
  }

  @Test
  void of_a_tablespace_only_the_folder_of_this_version_is_copied() {
    file("pg_tblspc/16500/" + VERSION + "/5/16384");
    file("pg_tblspc/16500/" + VERSION + "/5/t1_16385");
    file("pg_tblspc/16500/" + VERSION + "/pgsql_tmp/pgsql_tmp17.0");
    file("pg_tblspc/16500/PG_15_202209061/5/16384");
    file("pg_tblspc/16599/" + VERSION + "/5/16384");

    assertThat(walk())
        .containsExactly(
            "pg_tblspc",
            "pg_tblspc/16500",
            "pg_tblspc/16500/" + VERSION,
            "pg_tblspc/16500/" + VERSION + "/5",
            "pg_tblspc/16500/" + VERSION + "/5/16384");
  }

  @Test
  void the_order_is_that_of_the_paths_bytes() {
    List.of("a/x", "a-b/y", "a.conf", "a/b/z", "a/b.c", "a0", "A", "a/ä", "a/z")
        .forEach(this::file);

    List<String> paths = walk();

    List<String> sorted = new ArrayList<>(paths);
    sorted.sort(FileListWriter::compare);
    assertThat(paths).isEqualTo(sorted).hasSize(12);
  }

  @Test
  void a_folder_that_has_vanished_is_empty() {
    file("base/5/1");
    folders.get("base").put("6", true);

    assertThat(walk()).containsExactly("base", "base/5", "base/5/1", "base/6");
  }

  @Test
  void a_link_that_leads_back_up_is_named() {
    SourceTree.Folders endless =
        path -> {
          DirectoryListing listing = new DirectoryListing();
          listing.add(new byte[] {'l'}, 0, 1, 0, true);
          return listing;
        };

    assertThatThrownBy(
            () -> new SourceTree(endless, new CopyRules(VERSION, Set.of())).walk(file -> {}))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.UnsupportedLayout))
        .hasMessageContaining("l/l/l");
  }

  private void file(String path) {
    String name = path;
    boolean isFolder = false;
    while (true) {
      int slash = name.lastIndexOf('/');
      String parent = slash < 0 ? "" : name.substring(0, slash);
      folders
          .computeIfAbsent(parent, any -> new TreeMap<>(FileListWriter::compare))
          .putIfAbsent(name.substring(slash + 1), isFolder);
      if (slash < 0) {
        return;
      }
      name = parent;
      isFolder = true;
    }
  }

  private List<String> walk() {
    List<String> paths = new ArrayList<>();
    SourceTree tree = new SourceTree(this::list, new CopyRules(VERSION, Set.of(16500L)));
    tree.walk(file -> paths.add(file.path()));
    return paths;
  }

  private DirectoryListing list(String path) {
    DirectoryListing listing = new DirectoryListing();
    folders
        .getOrDefault(path, new TreeMap<>())
        .forEach(
            (name, isFolder) -> {
              byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
              listing.add(bytes, 0, bytes.length, 8192, isFolder);
            });
    return listing;
  }
}
