package dev.pgbackup.bench.whole;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.testkit.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A backlog of WAL: into the store as fast as it goes, and replayed from there. */
final class WalStage {

  private static final String ARCHIVE = "WAL backlog into the store";
  private static final String REPLAY = "restore with replay of the backlog";
  private static final String BEGINNING = "bench_backlog";

  /** An older server does not tell where a slot is: pg_receivewal would begin at the WAL's end. */
  private static final int FIRST_THAT_TELLS_OF_SLOTS = 15;

  private final Rig rig;
  private final Consumer<Figure> figures;
  private final AgentSetup replayed;
  private final Path stopped;
  private final Path segments;
  private final String end;
  private final long bytes;

  /** Takes a backup, and writes the backlog behind it. */
  WalStage(Rig rig, Consumer<Figure> figures) throws SQLException {
    this.rig = rig;
    this.figures = figures;
    this.stopped = rig.place("stopped");
    this.segments = rig.place("segments");
    rig.database().copyStopped(stopped);
    this.replayed = rig.archive("replayed");
    rig.programs().run("backup", replayed.backup(), Map.of());
    rig.server().execute("SELECT pg_switch_wal()");
    rig.database().createSlot(BEGINNING);
    String begin = rig.database().walPosition();
    rig.database().writeWal(rig.options().walBytes());
    this.end = rig.database().walPosition();
    this.bytes = rig.database().walSince(begin);
    copySegments();
    try (Sidecar sidecar = replayed.sidecar()) {
      sidecar.awaitDurable(Lsn.parse(end).value());
    }
  }

  private void copySegments() {
    Path wal = rig.server().dataDirectory().resolve("pg_wal");
    try (Stream<Path> files = Files.list(wal)) {
      Files.createDirectory(segments);
      for (Path file : files.filter(WalStage::isSegment).toList()) {
        Files.copy(file, segments.resolve(file.getFileName()));
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static boolean isSegment(Path file) {
    return file.getFileName().toString().matches("[0-9A-F]{24}");
  }

  /** One run of everybody, each time in another order. */
  void run(int run) throws SQLException {
    if (run % 2 == 1) {
      archivedByReference(run);
      archived(run);
      replayedByReference(run);
      replayed(run);
    } else {
      archived(run);
      archivedByReference(run);
      replayed(run);
      replayedByReference(run);
    }
  }

  private void archived(int run) throws SQLException {
    AgentSetup setup = rig.archive("archived");
    rig.database().copySlot(BEGINNING, setup.slot());
    try (Sidecar sidecar = setup.sidecar()) {
      Meter meter = rig.meter(sidecar.process());
      sidecar.awaitDurable(Lsn.parse(end).value());
      Usage usage = meter.read(sidecar.peakRss());
      figures.accept(figure(ARCHIVE, "pgbackup", run, usage).stored(setup.stored()));
    }
    setup.delete();
    rig.database().dropSlot(setup.slot());
  }

  private void archivedByReference(int run) throws SQLException {
    Path target = rig.place("received");
    Optional<Programs.Client> client =
        rig.client("pg_receivewal")
            .filter(any -> rig.server().binaries().major() >= FIRST_THAT_TELLS_OF_SLOTS);
    try {
      Files.createDirectory(target);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    if (client.isPresent()) {
      rig.database().copySlot(BEGINNING, "bench_receivewal");
      Usage usage =
          rig.measure(
              "pg_receivewal",
              List.of(
                  client.get().command(),
                  "--directory=" + target,
                  "--slot=bench_receivewal",
                  "--endpos=" + end,
                  "--no-loop",
                  "--no-sync"),
              rig.connection());
      figures.accept(figure(ARCHIVE, "pg_receivewal to a folder", run, usage).asReference());
      rig.database().dropSlot("bench_receivewal");
    } else {
      List<String> copy = new ArrayList<>(List.of("cp"));
      try (Stream<Path> files = Files.list(segments)) {
        files.map(Path::toString).forEach(copy::add);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      copy.add(target.toString());
      figures.accept(
          figure(ARCHIVE, "cp of the segments", run, rig.measure("cp", copy, Map.of()))
              .asReference());
    }
    Disk.delete(target);
  }

  private void replayed(int run) {
    Path target = rig.place("restored");
    Usage usage = rig.measure("restore", replayed.restoreAll(target), Map.of());
    figures.accept(figure(REPLAY, "pgbackup", run, usage));
    Disk.delete(target);
  }

  /** The same by hand: files copied, a restore_command that copies, a clean shutdown. */
  private void replayedByReference(int run) {
    Path target = rig.place("restored");
    Meter meter = rig.meter();
    rig.programs().run("cp", List.of("cp", "-a", stopped + "/.", target + "/"), Map.of());
    prepare(target);
    try (PostgresServer server =
        PostgresServer.builder(rig.server().binaries())
            .dataDirectory(target)
            .option("archive_mode", "off")
            .option("restore_command", "cp " + segments + "/%f %p")
            .build()) {
      server.start();
      server.stop(PostgresServer.Mode.FAST);
    }
    figures.accept(figure(REPLAY, "cp, restore_command = cp", run, meter.read(0)).asReference());
    Disk.delete(target);
  }

  private static void prepare(Path directory) {
    try {
      Files.deleteIfExists(directory.resolve("postmaster.pid"));
      Files.createFile(directory.resolve("recovery.signal"));
      Disk.delete(directory.resolve("pg_replslot"));
      Files.createDirectory(directory.resolve("pg_replslot"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Lets the server forget the backlog. */
  void end() throws SQLException {
    rig.database().dropSlot(BEGINNING);
    rig.database().dropSlot(replayed.slot());
    replayed.delete();
    Disk.delete(stopped);
    Disk.delete(segments);
  }

  private Figure figure(String what, String by, int run, Usage usage) {
    return Figure.of(what, by, run, bytes, usage);
  }
}
