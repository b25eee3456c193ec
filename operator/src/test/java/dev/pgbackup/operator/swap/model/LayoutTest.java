package dev.pgbackup.operator.swap.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.PostgresContainer;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Whether a workload is one whose volume can be swapped")
class LayoutTest {

  private static Optional<Unfit> check(String text, String by) {
    StatefulSet set =
        Manifests.read(
            Manifests.write(Manifests.statefulSet()).replace(text, by), StatefulSet.class);
    Workload workload = Workload.of(set);
    PostgresContainer container = PostgresContainer.find(workload, null);
    return Layout.check(
        workload,
        container,
        DataVolume.find(workload, container, new DataVolume.Hint(null, null), null));
  }

  @Test
  @DisplayName("one server with everything on one volume is")
  void one() {
    assertThat(check("", "")).isEmpty();
  }

  @Test
  @DisplayName("one with several replicas, or none, is not")
  void replicas() {
    assertThat(check("replicas: 1", "replicas: 2")).map(Unfit::reason).contains("UnsupportedWorkload");
    assertThat(check("replicas: 1", "replicas: 0")).map(Unfit::reason).contains("UnsupportedWorkload");
  }

  @Test
  @DisplayName("one with its WAL on another volume is not, and that volume is named")
  void wal() {
    assertThat(check("/etc/postgresql", "/var/lib/postgresql/data/pgdata/pg_wal"))
        .hasValueSatisfying(
            unfit -> {
              assertThat(unfit.reason()).isEqualTo("UnsupportedLayout");
              assertThat(unfit.message()).contains("\"config\"").contains("pg_wal");
            });
  }

  @Test
  @DisplayName("who else keeps the workload is recognized by their marks")
  void keepers() {
    assertThat(
            Keepers.of(
                Map.of(
                    "app.kubernetes.io/managed-by",
                    "Helm",
                    "kustomize.toolkit.fluxcd.io/name",
                    "apps"),
                Map.of("argocd.argoproj.io/tracking-id", "shop:apps/StatefulSet:shop/master")))
        .isEqualTo(List.of("Helm", "Argo CD", "Flux"));
    assertThat(Keepers.of(Map.of("app", "master"), Map.of())).isEmpty();
  }
}
