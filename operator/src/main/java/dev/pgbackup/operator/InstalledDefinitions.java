package dev.pgbackup.operator;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says at the start which definition of a custom resource is not installed. It looks at what the
 * API server serves, which everybody may, and not at the definitions, for which a right over the
 * whole cluster would be needed.
 */
final class InstalledDefinitions {

  private static final String API_VERSION = HasMetadata.getApiVersion(PgBackupPolicy.class);
  private static final Set<String> NEEDED = Set.of("PgBackupPolicy", "PgBackup", "PgRestore");

  private InstalledDefinitions() {}

  /** Before anything else is started. */
  static void check(
      @Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start,
      KubernetesClient client) {
    require(client.getApiResources(API_VERSION));
  }

  static void require(@Nullable APIResourceList served) {
    Set<String> kinds =
        served == null
            ? Set.of()
            : served.getResources().stream().map(APIResource::getKind).collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>(NEEDED);
    missing.removeAll(kinds);
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "The API server does not serve %s of %s. Install the definitions: kubectl apply --server-side -f crds/"
              .formatted(String.join(", ", missing), API_VERSION));
    }
  }
}
