package dev.pgbackup.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.fakes.Manifests;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Metrics of the custom resources")
class ResourceMetricsTest {

  private final List<HasMetadata> resources = new ArrayList<>();

  private String page() throws IOException {
    CollectorRegistry registry = new CollectorRegistry();
    registry.register(new ResourceMetrics(resources::stream));
    StringWriter page = new StringWriter();
    TextFormat.write004(page, registry.metricFamilySamples());
    return page.toString();
  }

  private static final String POLICY =
      """
      apiVersion: pgbackup.dev/v1alpha1
      kind: PgBackupPolicy
      metadata: {namespace: shop, name: master}
      status:
        conditions:
          - {type: Ready, status: "True"}
          - {type: Stalled, status: "False"}
          - {type: BackupFresh, status: Unknown}
      """;

  private static final String RESTORE =
      """
      apiVersion: pgbackup.dev/v1alpha1
      kind: PgRestore
      metadata: {namespace: shop, name: before-cc}
      status:
        phase: %s
        startedAt: "2026-11-22T14:00:00Z"
        completedAt: "2026-11-22T14:01:30.500Z"
      """;

  @Test
  @DisplayName("show each condition; what is not known, and what is gone, is absent")
  void conditions() throws IOException {
    resources.add(Manifests.read(POLICY, PgBackupPolicy.class));
    String of = "pgbackup_condition{kind=\"PgBackupPolicy\",namespace=\"shop\",name=\"master\",";
    assertThat(page())
        .contains(of + "condition=\"Ready\",} 1.0")
        .contains(of + "condition=\"Stalled\",} 0.0")
        .doesNotContain("BackupFresh");

    resources.clear();
    assertThat(page()).doesNotContain("master");
  }

  @Test
  @DisplayName("show how long a restore took, once it has succeeded")
  void duration() throws IOException {
    resources.add(Manifests.read(RESTORE.formatted("Replaying"), PgRestore.class));
    assertThat(page()).doesNotContain("pgbackup_restore_duration_seconds{");

    resources.add(Manifests.read(RESTORE.formatted("Succeeded"), PgRestore.class));
    assertThat(page())
        .contains("pgbackup_restore_duration_seconds{namespace=\"shop\",name=\"before-cc\",} 90.5");
  }
}
