package dev.pgbackup.bench.whole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** WAL at a steady rate: how far the archive is behind, and what it costs. */
final class StreamStage {

  private static final String RECEIVER_SLOT = "bench_receivewal";

  private final Rig rig;
  private final Consumer<Figure> figures;
  private final String what;

  StreamStage(Rig rig, Consumer<Figure> figures) {
    this.rig = rig;
    this.figures = figures;
    this.what = "WAL at %d MB/s".formatted(rig.options().walRate() / 1_000_000);
  }

  /** One run: the reference, the sidecar, the sidecar while it takes a backup. */
  void run(int run) throws SQLException {
    reference(run);
    alone(run);
    withBackup(run);
  }

  private void reference(int run) throws SQLException {
    Optional<Programs.Client> client = rig.client("pg_receivewal");
    if (client.isEmpty()) {
      return;
    }
    Path target = rig.place("received");
    try {
      Files.createDirectory(target);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    rig.database().createSlot(RECEIVER_SLOT);
    Process process =
        rig.programs()
            .start(
                "pg_receivewal",
                List.of(
                    client.get().command(),
                    "--directory=" + target,
                    "--slot=" + RECEIVER_SLOT,
                    "--no-sync"),
                rig.connection());
    Peak peak = new Peak(process);
    String begin = rig.database().walPosition();
    Meter meter = rig.meter(process);
    try (SteadyWal wal = SteadyWal.start(rig.server(), rig.options().walRate())) {
      pause();
    }
    Usage usage = meter.read(peak.bytes());
    figures.accept(
        Figure.of(what, "pg_receivewal to a folder", run, rig.database().walSince(begin), usage)
            .asReference());
    process.destroy();
    rig.database().dropSlot(RECEIVER_SLOT);
    Disk.delete(target);
  }

  private void alone(int run) throws SQLException {
    AgentSetup setup = rig.archive("streamed");
    try (Sidecar sidecar = setup.sidecar()) {
      sidecar.awaitStreaming();
      figures.accept(stream(what, run, sidecar, StreamStage.this::pause).stored(setup.stored()));
    }
    forget(setup);
  }

  private void withBackup(int run) throws SQLException {
    AgentSetup setup = rig.archive("streamed");
    try (Sidecar sidecar = setup.sidecar()) {
      sidecar.awaitStreaming();
      figures.accept(stream(what + " during a full backup", run, sidecar, sidecar::backup));
    }
    forget(setup);
  }

  private void forget(AgentSetup setup) throws SQLException {
    setup.delete();
    rig.database().dropSlot(setup.slot());
    rig.database().checkpoint();
  }

  private Figure stream(String name, int run, Sidecar sidecar, Runnable meanwhile)
      throws SQLException {
    String begin = rig.database().walPosition();
    Meter meter = rig.meter(sidecar.process());
    try (SteadyWal wal = SteadyWal.start(rig.server(), rig.options().walRate());
        LagWatch watch = LagWatch.start(wal, sidecar::durable)) {
      meanwhile.run();
      wal.close();
      Usage usage = meter.read(sidecar.peakRss());
      return Figure.of(name, "pgbackup", run, rig.database().walSince(begin), usage)
          .lag(watch.result());
    }
  }

  private void pause() {
    try {
      TimeUnit.SECONDS.sleep(rig.options().walSeconds());
    } catch (InterruptedException stop) {
      throw Programs.interrupted(stop);
    }
  }
}
