package dev.pgbackup.operator.metrics;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The metrics of the SDK, made so that they neither break it nor are left out. */
final class SdkMetrics {

  private static final String EVENTS_RECEIVED = "events.received";
  private static final String ACTION = "action";

  private SdkMetrics() {}

  /** Bound here and not by the extension, whose binding comes too late in some orders of start. */
  @Produces
  @Singleton
  static Metrics sdkMetrics(MeterRegistry registry) {
    return MicrometerMetricsV2.newBuilder(registry).build();
  }

  /**
   * Gives every event the tag {@code action}. The SDK leaves it out for some, Prometheus refuses a
   * counter whose tags differ, and the exception would end the thread that times all retries.
   */
  @Produces
  @Singleton
  static MeterFilter evenTagsOfEvents() {
    return new MeterFilter() {
      @Override
      public Meter.Id map(Meter.Id id) {
        return id.getName().equals(EVENTS_RECEIVED) && id.getTag(ACTION) == null
            ? id.withTag(Tag.of(ACTION, "NONE"))
            : id;
      }
    };
  }
}
