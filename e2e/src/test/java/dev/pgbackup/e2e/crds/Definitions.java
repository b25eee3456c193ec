package dev.pgbackup.e2e.crds;

import dev.pgbackup.e2e.Repository;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Installs {@code crds/*.yaml}, as {@code kubectl apply --server-side -f crds/} does. */
public final class Definitions {

  private Definitions() {}

  /** Returns when the API server serves all of them. */
  public static void install(KubernetesClient client) {
    List<HasMetadata> definitions =
        Repository.manifests("crds").stream()
            .flatMap(file -> Repository.objects(client, file).stream())
            .toList();
    definitions.forEach(
        definition ->
            client
                .resource(definition)
                .fieldManager("pgbackup-e2e")
                .forceConflicts()
                .serverSideApply());
    definitions.forEach(
        definition ->
            client
                .resource(definition)
                .waitUntilCondition(Definitions::isEstablished, 30, TimeUnit.SECONDS));
  }

  private static boolean isEstablished(HasMetadata resource) {
    return resource instanceof CustomResourceDefinition definition
        && definition.getStatus() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Established")
                        && condition.getStatus().equals("True"));
  }
}
