package dev.pgbackup.bench.whole;

import dev.pgbackup.testkit.FaultProxy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Requests, counted by a proxy between the program and the store; it slows down all of it. */
final class RequestStage {

  private static final String BY = "pgbackup, through a counting proxy";

  private final Rig rig;
  private final Consumer<Figure> figures;

  RequestStage(Rig rig, Consumer<Figure> figures) {
    this.rig = rig;
    this.figures = figures;
  }

  /** Counts once: it does not vary. */
  void run() throws SQLException {
    long bytes = rig.database().size();
    try (FaultProxy proxy = FaultProxy.http(rig.store().endpoint())) {
      AgentSetup setup = rig.archive("counted", proxy.endpoint());
      count(proxy, "full backup", bytes, () -> backup(setup));
      count(proxy, "second backup, unchanged", bytes, () -> backup(setup));
      count(proxy, "restore of the base", bytes, () -> restore(setup));
      stream(proxy, setup);
      setup.delete();
      rig.database().dropSlot(setup.slot());
    }
  }

  private Usage backup(AgentSetup setup) {
    return rig.measure("backup", setup.backup(), Map.of());
  }

  private Usage restore(AgentSetup setup) {
    Path target = rig.place("restored");
    Usage usage = rig.measure("restore", setup.restoreBase(target), Map.of());
    Disk.delete(target);
    return usage;
  }

  private void count(FaultProxy proxy, String what, long bytes, Supplier<Usage> work) {
    int before = proxy.requests().size();
    Usage usage = work.get();
    figures.accept(
        Figure.of("requests of a " + what, BY, 1, bytes, usage)
            .requests(proxy.requests().size() - before));
  }

  private void stream(FaultProxy proxy, AgentSetup setup) throws SQLException {
    try (Sidecar sidecar = setup.sidecar()) {
      sidecar.awaitStreaming();
      int before = proxy.requests().size();
      String begin = rig.database().walPosition();
      Meter meter = rig.meter(sidecar.process());
      try (SteadyWal wal = SteadyWal.start(rig.server(), rig.options().walRate());
          LagWatch watch = LagWatch.start(wal, sidecar::durable)) {
        TimeUnit.SECONDS.sleep(rig.options().walSeconds());
        wal.close();
        watch.result();
      } catch (InterruptedException stop) {
        throw Programs.interrupted(stop);
      }
      Usage usage = meter.read(sidecar.peakRss());
      figures.accept(
          Figure.of("requests of steady WAL", BY, 1, rig.database().walSince(begin), usage)
              .requests(proxy.requests().size() - before));
    }
  }
}
