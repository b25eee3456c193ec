package dev.pgbackup.operator.workload;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where PostgreSQL is reached.
 *
 * @param host name or address
 */
public record ServerAddress(String host, int port) {

  private static final String HEADLESS = "None";

  /**
   * Finds the Service that leads to a workload's pods: the one that governs a StatefulSet, else the
   * first by name, those with an address of their own before headless ones.
   *
   * @param services of the workload's namespace
   * @throws UnsuitableTarget if there is none
   */
  public static ServerAddress find(
      Workload workload, PostgresContainer container, List<Service> services) {
    return services.stream()
        .filter(s -> selects(s, workload.podLabels()))
        .sorted(
            Comparator.comparing(
                    (Service s) ->
                        !Objects.equals(s.getMetadata().getName(), workload.serviceName()))
                .thenComparing(s -> HEADLESS.equals(s.getSpec().getClusterIP()))
                .thenComparing(s -> s.getMetadata().getName()))
        .map(s -> address(s, workload, container))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(
            () ->
                UnsuitableTarget.unsupported(
                    "No Service leads to port %d of the pods of %s; looked at %s. Make one, or say where to connect in connection.host."
                        .formatted(container.port(), workload.describe(), names(services))));
  }

  private static boolean selects(Service service, Map<String, String> labels) {
    Map<String, String> selector = service.getSpec().getSelector();
    return selector != null
        && !selector.isEmpty()
        && labels.entrySet().containsAll(selector.entrySet());
  }

  private static Optional<ServerAddress> address(
      Service service, Workload workload, PostgresContainer container) {
    String host = service.getMetadata().getName() + "." + workload.namespace() + ".svc";
    boolean headless = HEADLESS.equals(service.getSpec().getClusterIP());
    List<ServicePort> ports = service.getSpec().getPorts();
    if (headless && (ports == null || ports.isEmpty())) {
      return Optional.of(new ServerAddress(host, container.port()));
    }
    return ports.stream()
        .filter(p -> leadsTo(p, container))
        // A headless Service is only a name: no port is mapped.
        .map(p -> new ServerAddress(host, headless ? container.port() : p.getPort()))
        .findFirst();
  }

  private static boolean leadsTo(ServicePort port, PostgresContainer container) {
    IntOrString target = port.getTargetPort();
    if (target == null) {
      return port.getPort() == container.port();
    }
    if (target.getIntVal() != null) {
      return target.getIntVal() == container.port();
    }
    return portNamed(container, target.getStrVal())
        .map(p -> p.getContainerPort() == container.port())
        .orElse(false);
  }

  private static Optional<ContainerPort> portNamed(
      PostgresContainer container, @Nullable String name) {
    return container.container().getPorts().stream()
        .filter(p -> p.getName() != null && p.getName().equals(name))
        .findFirst();
  }

  private static String names(List<Service> services) {
    return services.isEmpty()
        ? "none, there is no Service in the namespace"
        : services.stream()
            .map(s -> s.getMetadata().getName())
            .sorted()
            .collect(Collectors.joining(", "));
  }
}
