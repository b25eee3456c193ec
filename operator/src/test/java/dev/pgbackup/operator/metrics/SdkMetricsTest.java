package dev.pgbackup.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Metrics of the SDK")
class SdkMetricsTest {

  @Test
  @DisplayName("count events of both kinds; unevened tags would end the timer of retries")
  void countsEventsOfBothKinds() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.throwExceptionOnRegistrationFailure();
    registry.config().meterFilter(SdkMetrics.evenTagsOfEvents());
    Metrics metrics = SdkMetrics.sdkMetrics(registry);
    Map<String, Object> ofController = Map.of(Constants.CONTROLLER_NAME, "restores");
    ResourceID id = new ResourceID("a", "n");

    metrics.eventReceived(
        new ResourceEvent(ResourceAction.UPDATED, id, new ConfigMap()), ofController);
    metrics.eventReceived(new Event(id), ofController);

    assertThat(registry.scrape()).contains("action=\"UPDATED\"").contains("action=\"NONE\"");
  }
}
