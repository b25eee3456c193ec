package dev.pgbackup.operator.metrics;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.Controller;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the controllers watch, as they know it: no call to the API server. */
final class Caches {

  private Caches() {}

  /** Nothing before the start, and while another operator holds the lease: caches are not there. */
  @Produces
  @Singleton
  static Supplier<Stream<HasMetadata>> resources(Operator operator) {
    return () ->
        operator.getRuntimeInfo().isStarted()
            ? operator.getRegisteredControllers().stream()
                .filter(Controller.class::isInstance)
                .map(Controller.class::cast)
                .flatMap(Caches::cached)
            : Stream.empty();
  }

  private static Stream<HasMetadata> cached(Controller<? extends HasMetadata> controller) {
    return controller.getEventSourceManager().getControllerEventSource().list().map(r -> r);
  }
}
