package dev.pgbackup.operator.metrics;

import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.RestorePhase;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of the custom resources, read from the operator's caches at every scrape: what was
 * deleted is not shown any more, and what is not known is absent.
 *
 * <p>{@code pgbackup_condition} is 1 for a condition that is true and 0 for one that is false.
 * {@code pgbackup_restore_duration_seconds} is how long a restore took that has succeeded. What
 * changes all the time, as positions and lags do, the agents serve themselves.
 */
@Singleton
final class ResourceMetrics extends Collector {

  private static final List<String> RESOURCE = List.of("namespace", "name");

  private final Supplier<Stream<HasMetadata>> resources;

  /**
   * @param resources all that there are now
   */
  ResourceMetrics(Supplier<Stream<HasMetadata>> resources) {
    this.resources = resources;
  }

  void register(@Observes StartupEvent start, PrometheusMeterRegistry registry) {
    registry.getPrometheusRegistry().register(this);
  }

  @Override
  public List<MetricFamilySamples> collect() {
    GaugeMetricFamily conditions =
        new GaugeMetricFamily(
            "pgbackup_condition",
            "1: the condition is true, 0: it is false; absent while it is unknown",
            List.of("kind", "namespace", "name", "condition"));
    GaugeMetricFamily durations =
        new GaugeMetricFamily(
            "pgbackup_restore_duration_seconds", "How long a restore took", RESOURCE);
    resources
        .get()
        .forEach(
            resource -> {
              addConditions(conditions, resource);
              if (resource instanceof PgRestore restore) {
                addDuration(durations, restore);
              }
            });
    return List.of(conditions, durations);
  }

  private static void addConditions(GaugeMetricFamily family, HasMetadata resource) {
    for (Condition condition : conditions(resource)) {
      if (!"Unknown".equals(condition.getStatus())) {
        family.addMetric(
            List.of(
                resource.getKind(),
                resource.getMetadata().getNamespace(),
                resource.getMetadata().getName(),
                condition.getType()),
            "True".equals(condition.getStatus()) ? 1 : 0);
      }
    }
  }

  private static List<Condition> conditions(HasMetadata resource) {
    if (resource instanceof PgBackupPolicy policy && policy.getStatus() != null) {
      return orNone(policy.getStatus().conditions());
    }
    if (resource instanceof PgBackup backup && backup.getStatus() != null) {
      return orNone(backup.getStatus().conditions());
    }
    if (resource instanceof PgRestore restore && restore.getStatus() != null) {
      return orNone(restore.getStatus().conditions());
    }
    return List.of();
  }

  private static List<Condition> orNone(@Nullable List<Condition> conditions) {
    return conditions == null ? List.of() : conditions;
  }

  private static void addDuration(GaugeMetricFamily family, PgRestore restore) {
    PgRestoreStatus status = restore.getStatus();
    if (status != null
        && status.phase() == RestorePhase.Succeeded
        && status.startedAt() != null
        && status.completedAt() != null) {
      family.addMetric(
          List.of(restore.getMetadata().getNamespace(), restore.getMetadata().getName()),
          Duration.between(status.startedAt(), status.completedAt()).toMillis() / 1000.0);
    }
  }
}
