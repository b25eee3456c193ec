package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.ArchivedPrimary.Tx;
import dev.pgbackup.engine.restore.base.BaseProgress;
import dev.pgbackup.engine.restore.base.BaseSettings;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.plan.RestoreRequest.Purpose;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A server is restored whatever its files lie like")
class RestoreOfLayoutIT {

  private static final PostgresBinaries VERSION = PostgresBinaries.of(16);

  @TempDir private Path folder;
  private ObjectStore store;
  private Path directory;

  @BeforeEach
  void begin() {
    store = DirectoryStore.open(folder.resolve("store"));
    directory = folder.resolve("restored");
  }

  @Test
  @DisplayName("B1: tablespaces by symlink, in place, remapped")
  void tablespaces() throws Exception {
    Path fast = Files.createDirectory(folder.resolve("fast"));
    Path elsewhere = folder.resolve("elsewhere");
    try (ArchivedPrimary primary =
        ArchivedPrimary.create(
            PostgresServer.builder(VERSION).setting("allow_in_place_tablespaces", "on"), store)) {
      primary.server.execute(
          "CREATE TABLESPACE fast LOCATION '" + fast + "'",
          "CREATE TABLESPACE inside LOCATION ''",
          "CREATE TABLE on_fast TABLESPACE fast AS SELECT g FROM generate_series(1, 1000) g",
          "CREATE TABLE inside TABLESPACE inside AS SELECT g FROM generate_series(1, 500) g");
      primary.backup();
      primary.server.execute(
          "INSERT INTO on_fast VALUES (0)",
          "CREATE TABLE later TABLESPACE fast AS SELECT 7 AS g",
          "INSERT INTO inside VALUES (0)");
      primary.flush();

      assertThatThrownBy(() -> primary.restore(RecoveryTarget.latest(), directory))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.DirectoryNotEmpty))
          .hasMessageContaining(fast.toString());
      assertThat(directory).doesNotExist();

      primary
          .restore(
              RestoreSettings.into(directory)
                  .withBase(new BaseSettings(2, false, Map.of(fast.toString(), elsewhere), 0)),
              RestoreListener.NONE)
          .run(primary.plan(RecoveryTarget.latest()));
      primary.look(
          directory,
          restored -> {
            assertThat(restored.query("SELECT count(*) FROM on_fast")).isEqualTo("1001");
            assertThat(restored.query("SELECT sum(g) FROM later")).isEqualTo("7");
            assertThat(restored.query("SELECT count(*) FROM inside")).isEqualTo("501");
            assertThat(
                    restored.query(
                        "SELECT pg_tablespace_location(oid) FROM pg_tablespace"
                            + " WHERE spcname = 'fast'"))
                .isEqualTo(elsewhere.toString());
          });
    }
  }

  @Test
  @DisplayName(
      "B1: a tablespace that came after the backup is not made anew over the master's, unless that is said")
  void laterTablespace() throws Exception {
    Path late = Files.createDirectory(folder.resolve("late"));
    try (ArchivedPrimary primary = ArchivedPrimary.create(PostgresServer.builder(VERSION), store)) {
      BackupId first = primary.backup().backupId();
      Tx before = primary.commit();
      primary.server.execute(
          "CREATE TABLESPACE late LOCATION '" + late + "'",
          "CREATE TABLE on_late TABLESPACE late AS SELECT g FROM generate_series(1, 1000) g");
      primary.flush();

      assertThatThrownBy(() -> primary.restore(RecoveryTarget.latest(), directory))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.BackupNotRestorable))
          .hasMessageContaining("--tablespace-mapping " + late + "=" + late);
      primary.server.execute("CHECKPOINT");
      assertThat(primary.server.query("SELECT count(*) FROM on_late")).isEqualTo("1000");

      Path earlier = folder.resolve("earlier");
      primary.restored(
          RecoveryTarget.xid(Long.toString(before.xid()), true),
          earlier,
          restored -> assertThat(ArchivedPrimary.numbers(restored)).containsExactly(1));

      primary.backup();
      Path elsewhere = folder.resolve("elsewhere");
      Path later = folder.resolve("later");
      primary
          .restore(
              RestoreSettings.into(later)
                  .withBase(new BaseSettings(2, false, Map.of(late.toString(), elsewhere), 0)),
              RestoreListener.NONE)
          .run(primary.plan(RecoveryTarget.latest()));
      primary.look(
          later,
          restored -> assertThat(restored.query("SELECT count(*) FROM on_late")).isEqualTo("1000"));

      primary.server.stop(Mode.FAST);
      RestorePlan fromTheFirst =
          primary.plan(
              new RestoreRequest(
                  RecoveryTarget.latest(), Optional.empty(), Optional.of(first), Purpose.Clone));
      Restore restore =
          primary.restore(
              RestoreSettings.into(directory)
                  .withBase(new BaseSettings(2, true, Map.of(late.toString(), late), 0)),
              RestoreListener.NONE);
      assertThatThrownBy(() -> restore.run(fromTheFirst)).hasMessageContaining("empty folder");
      deleteContent(late);
      restore.run(fromTheFirst);
      primary.look(
          directory,
          restored -> assertThat(restored.query("SELECT count(*) FROM on_late")).isEqualTo("1000"));
    }
  }

  private static void deleteContent(Path folder) throws IOException {
    try (Stream<Path> content = Files.walk(folder)) {
      for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(folder)) {
          Files.delete(path);
        }
      }
    }
  }

  @Test
  @DisplayName("B4: unlogged tables are empty, and can be written to")
  void unlogged() throws Exception {
    try (ArchivedPrimary primary = ArchivedPrimary.create(PostgresServer.builder(VERSION), store)) {
      primary.server.execute(
          "CREATE UNLOGGED TABLE before (id int PRIMARY KEY)",
          "INSERT INTO before SELECT generate_series(1, 1000)");
      primary.backup();
      primary.server.execute(
          "CREATE UNLOGGED TABLE after (id int PRIMARY KEY)",
          "INSERT INTO after SELECT generate_series(1, 1000)");
      primary.commit();
      primary.flush();

      primary.restored(
          RecoveryTarget.latest(),
          directory,
          restored -> {
            assertThat(restored.query("SELECT count(*) FROM before")).isEqualTo("0");
            assertThat(restored.query("SELECT count(*) FROM after")).isEqualTo("0");
            restored.execute("INSERT INTO before VALUES (1)", "INSERT INTO after VALUES (1)");
            assertThat(ArchivedPrimary.numbers(restored)).containsExactly(1);
          });
    }
  }

  @Test
  @DisplayName("B10: configuration outside of the data directory, pg_wal on another disk")
  void elsewhere() throws Exception {
    Path data = folder.resolve("data");
    Path etc = Files.createDirectory(folder.resolve("etc"));
    Path wal = folder.resolve("wal");
    try (PostgresServer initial = PostgresServer.builder(VERSION).dataDirectory(data).create()) {
      initial.stop(Mode.FAST);
    }
    Files.move(data.resolve("pg_wal"), wal);
    Files.createSymbolicLink(data.resolve("pg_wal"), wal);
    for (String file : List.of("postgresql.conf", "pg_hba.conf", "pg_ident.conf")) {
      Files.move(data.resolve(file), etc.resolve(file));
    }
    try (PostgresServer server =
        PostgresServer.builder(VERSION)
            .dataDirectory(data)
            .option("config_file", etc.resolve("postgresql.conf").toString())
            .option("hba_file", etc.resolve("pg_hba.conf").toString())
            .option("ident_file", etc.resolve("pg_ident.conf").toString())
            .option("track_commit_timestamp", "on")
            .option("max_connections", "50")
            .build()
            .start()) {
      server.execute("CREATE TABLE numbers (number int PRIMARY KEY, padding text)");
      try (ArchivedPrimary primary = new ArchivedPrimary(server, store, 0)) {
        Tx first = primary.commit();
        primary.backup();
        primary.commit();
        primary.flush();

        primary.restore(RecoveryTarget.latest(), directory);

        assertThat(directory.resolve("postgresql.conf")).doesNotExist();
        assertThat(Files.isSymbolicLink(directory.resolve("pg_wal"))).isFalse();
        try (PostgresServer restored =
            PostgresServer.builder(VERSION)
                .dataDirectory(directory)
                .option("config_file", etc.resolve("postgresql.conf").toString())
                .option("hba_file", etc.resolve("pg_hba.conf").toString())
                .option("ident_file", etc.resolve("pg_ident.conf").toString())
                .option("track_commit_timestamp", "on")
                .build()
                .start()) {
          assertThat(ArchivedPrimary.numbers(restored)).containsExactly(1, 2);
          assertThat(
                  restored.query(
                      "SELECT pg_xact_commit_timestamp('"
                          + first.xid()
                          + "'::xid) = '"
                          + first.time()
                          + "'"))
              .isEqualTo("t");
        }
      }
    }
  }

  @Test
  @DisplayName("B11: onto a directory that went on after an earlier restore: only what differs")
  void delta() throws Exception {
    try (ArchivedPrimary primary =
        ArchivedPrimary.create(PostgresServer.builder(VERSION).dataChecksums(true), store)) {
      primary.server.execute(
          "CREATE TABLE large AS SELECT g, md5(g::text) FROM generate_series(1, 200000) g");
      primary.commit();
      primary.backup();
      Tx second = primary.commit();
      primary.commit();
      primary.flush();
      primary.restore(RecoveryTarget.xid(Long.toString(second.xid()), true), directory);
      primary.look(
          directory,
          restored -> {
            assertThat(ArchivedPrimary.numbers(restored)).containsExactly(1, 2);
            restored.execute(
                "INSERT INTO numbers VALUES (1000)", "CREATE TABLE stale AS SELECT 1 AS one");
          });

      assertThatThrownBy(() -> primary.restore(RecoveryTarget.latest(), directory))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.DirectoryNotEmpty))
          .hasMessageContaining("delta");
      AtomicReference<BaseProgress> done = new AtomicReference<>();
      primary
          .restore(
              RestoreSettings.into(directory).withBase(BaseSettings.DEFAULT.withDelta()),
              new RestoreListener() {
                @Override
                public void base(BaseProgress progress) {
                  done.set(progress);
                }
              })
          .run(primary.plan(RecoveryTarget.latest()));

      assertThat(done.get().fetched()).isLessThan(primary.bytesOfBundles() / 4);
      primary.look(
          directory,
          restored -> {
            assertThat(ArchivedPrimary.numbers(restored)).containsExactly(1, 2, 3);
            assertThat(restored.query("SELECT to_regclass('stale') IS NULL")).isEqualTo("t");
            assertThat(restored.query("SELECT count(*) FROM large")).isEqualTo("200000");
          });
    }
  }
}
