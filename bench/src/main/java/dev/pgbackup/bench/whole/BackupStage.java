package dev.pgbackup.bench.whole;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Full backup, a second one of the unchanged database, and a restore without replay. */
final class BackupStage {

  private static final String FULL = "full backup";
  private static final String SECOND = "second backup, unchanged";
  private static final String RESTORE = "restore of the base";
  private static final int FIRST_WITH_ZSTD = 15;

  private final Rig rig;
  private final Consumer<Figure> figures;
  private final long bytes;

  BackupStage(Rig rig, Consumer<Figure> figures) {
    this.rig = rig;
    this.figures = figures;
    this.bytes = rig.database().size();
  }

  /** One run of everybody, each time in another order. */
  void run(int run) throws SQLException {
    if (run % 2 == 1) {
      reference(run);
      ours(run);
    } else {
      ours(run);
      reference(run);
    }
  }

  private void ours(int run) throws SQLException {
    AgentSetup setup = rig.archive("backup");
    rig.database().checkpoint();
    Usage full = rig.measure("backup", setup.backup(), Map.of());
    long stored = setup.stored();
    figures.accept(figure(FULL, "pgbackup", run, full).stored(stored));
    rig.database().checkpoint();
    Usage second = rig.measure("backup", setup.backup(), Map.of());
    figures.accept(figure(SECOND, "pgbackup", run, second).stored(setup.stored() - stored));
    Path target = rig.place("restored");
    Usage restore = rig.measure("restore", setup.restoreBase(target), Map.of());
    figures.accept(figure(RESTORE, "pgbackup", run, restore));
    Disk.delete(target);
    setup.delete();
    rig.database().dropSlot(setup.slot());
  }

  private void reference(int run) throws SQLException {
    Optional<Programs.Client> client = rig.client("pg_basebackup");
    Path copy = rig.place("copy");
    rig.database().checkpoint();
    if (client.isPresent()) {
      Usage plain = pgBaseBackup(client.get(), copy, "--format=plain");
      figures.accept(
          figure(FULL, "pg_basebackup to a folder", run, plain).asReference().stored(bytes));
      figures.accept(figure(SECOND, "pg_basebackup to a folder", run, plain).asReference());
      if (client.get().major() >= FIRST_WITH_ZSTD) {
        Path packed = rig.place("copy");
        Usage zstd =
            pgBaseBackup(client.get(), packed, "--format=tar", "--compress=client-zstd:level=1");
        figures.accept(
            figure(FULL, "pg_basebackup, tar, client-zstd:1", run, zstd).stored(Disk.size(packed)));
        Disk.delete(packed);
      }
    } else {
      Usage plain = copy(rig.server().dataDirectory(), copy);
      figures.accept(figure(FULL, "cp of the data directory", run, plain).asReference());
      figures.accept(figure(SECOND, "cp of the data directory", run, plain).asReference());
    }
    Path target = rig.place("restored");
    figures.accept(figure(RESTORE, "cp, then sync", run, copy(copy, target)).asReference());
    Disk.delete(target);
    Disk.delete(copy);
  }

  private Usage pgBaseBackup(Programs.Client client, Path target, String... how) {
    List<String> command =
        new ArrayList<>(
            List.of(
                client.command(),
                "--pgdata=" + target,
                "--checkpoint=fast",
                "--wal-method=none",
                "--no-sync"));
    command.addAll(List.of(how));
    return rig.measure("pg_basebackup", command, rig.connection());
  }

  private Usage copy(Path from, Path to) {
    return rig.measure(
        "cp",
        List.of("sh", "-c", "cp -a \"$1\" \"$2\" && sync -f \"$2\"", "sh", from + "/.", to + "/"),
        Map.of());
  }

  private Figure figure(String what, String by, int run, Usage usage) {
    return Figure.of(what, by, run, bytes, usage);
  }
}
