package dev.pgbackup.agent.metrics;

import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.AgentStatus.LastBackup;
import dev.pgbackup.contract.status.AgentStatus.RecoveryWindow;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.store.decorate.StoreMetrics;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The page of numbers: what the status says, and counters of the store and of the JVM. */
public final class AgentMetrics {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final StoreCounters store = new StoreCounters(registry);
  private final Map<String, MultiGauge> gauges = new LinkedHashMap<>();

  public AgentMetrics() {
    gauge("pgbackup.wal.durable.lsn.bytes", "Position behind the last WAL that is durable");
    gauge("pgbackup.wal.lag.bytes", "WAL that the server has and the store has not");
    gauge("pgbackup.wal.lag.seconds", "Since the store last had everything that the server had");
    gauge("pgbackup.slot.retained.bytes", "WAL that the slot holds back on the server");
    gauge(
        "pgbackup.latest.restorable.timestamp.seconds",
        "When the newest transaction ended that can be restored");
    gauge(
        "pgbackup.first.recoverability.timestamp.seconds",
        "The oldest moment that can be restored");
    gauge("pgbackup.window.contiguous", "1: the newest recovery window has no hole behind it");
    gauge("pgbackup.base.last.success.timestamp.seconds", "When the newest backup was completed");
    gauge("pgbackup.base.duration.seconds", "How long the newest backup took");
    gauge("pgbackup.base.bytes", "Plain size of the newest backup");
    gauge("pgbackup.base.stored.bytes", "What the newest backup added to the archive");
    gauge("pgbackup.base.running", "1: a backup is being taken");
    gauge("pgbackup.ready", "1: WAL is archived, and there is a backup");
    gauge("pgbackup.archiving.state", "1 for the state that archiving is in, 0 for the others");
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(registry);
  }

  /** Told about every call to the store. */
  public StoreMetrics store() {
    return store;
  }

  /** In Prometheus' text format. */
  public synchronized String page(AgentStatus status) {
    ArchivingStatus archiving = status.archiving();
    set("pgbackup.wal.durable.lsn.bytes", position(archiving.durableLsn()));
    set("pgbackup.wal.lag.bytes", archiving.lagBytes());
    set("pgbackup.wal.lag.seconds", since(archiving.lastDurableTime()));
    set("pgbackup.slot.retained.bytes", archiving.retainedBytes());
    set("pgbackup.latest.restorable.timestamp.seconds", seconds(status.latestRestorableTime()));
    set(
        "pgbackup.first.recoverability.timestamp.seconds",
        seconds(status.firstRecoverabilityPoint()));
    set("pgbackup.window.contiguous", contiguous(status));
    LastBackup last = status.lastBackup();
    set(
        "pgbackup.base.last.success.timestamp.seconds",
        last == null ? null : seconds(last.completedAt()));
    set("pgbackup.base.duration.seconds", last == null ? null : last.durationSeconds());
    set("pgbackup.base.bytes", last == null ? null : last.bytes());
    set("pgbackup.base.stored.bytes", last == null ? null : last.storedBytes());
    set("pgbackup.base.running", status.currentBackup() == null ? 0 : 1);
    set("pgbackup.ready", status.ready() ? 1 : 0);
    states(archiving.state());
    return registry.scrape();
  }

  private void gauge(String name, String description) {
    gauges.put(name, MultiGauge.builder(name).description(description).register(registry));
  }

  private void set(String name, @Nullable Number value) {
    rows(name, value == null ? List.of() : List.of(Row.of(Tags.empty(), value)));
  }

  private void states(State now) {
    rows(
        "pgbackup.archiving.state",
        Arrays.stream(State.values())
            .filter(state -> state != State.Unknown)
            .<Row<?>>map(state -> Row.of(Tags.of("state", state.name()), state == now ? 1 : 0))
            .toList());
  }

  private void rows(String name, List<Row<?>> rows) {
    MultiGauge gauge = gauges.get(name);
    if (gauge == null) {
      throw new IllegalArgumentException(name + " is no gauge");
    }
    gauge.register(rows, true);
  }

  private static @Nullable Number position(@Nullable String lsn) {
    return lsn == null ? null : Lsn.parse(lsn).value();
  }

  private static @Nullable Number seconds(@Nullable Instant time) {
    return time == null ? null : time.toEpochMilli() / 1000.0;
  }

  private static @Nullable Number since(@Nullable Instant time) {
    return time == null
        ? null
        : Math.max(0, System.currentTimeMillis() - time.toEpochMilli()) / 1000.0;
  }

  private static @Nullable Number contiguous(AgentStatus status) {
    List<RecoveryWindow> windows = status.recoveryWindows();
    Optional<RecoveryWindow> newest =
        windows.isEmpty() ? Optional.empty() : Optional.of(windows.get(windows.size() - 1));
    return newest.map(window -> window.contiguous() ? 1 : 0).orElse(null);
  }
}
