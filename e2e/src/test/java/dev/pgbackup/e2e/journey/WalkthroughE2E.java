package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Repository;
import dev.pgbackup.scenario.Ending;
import dev.pgbackup.scenario.Narrator;
import dev.pgbackup.scenario.Outcome;
import dev.pgbackup.scenario.Scenario;
import dev.pgbackup.scenario.Verdict;
import dev.pgbackup.scenario.kubernetes.KubernetesCluster;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The story that {@code ./demo --kubernetes} tells. */
@OnCluster
@DisplayName("The walkthrough on a cluster: C1, C3, C13 and C16 among its rows")
class WalkthroughE2E {

  @TestFactory
  Stream<DynamicTest> rows(ClusterUnderTest cluster) {
    cluster.operator();
    Narrator narrator = new Narrator(System.out, false);
    Outcome outcome;
    try (KubernetesCluster kubernetes =
        new KubernetesCluster(
            cluster.client(), Repository.path(""), ClusterUnderTest.IMAGES, narrator)) {
      outcome = new Scenario(kubernetes, narrator, Ending.POLICY_GOES).play();
    }
    return outcome.rows().entrySet().stream()
        .map(
            row ->
                dynamicTest(
                    "row %d: %s".formatted(row.getKey().number(), row.getKey().sentence()),
                    () ->
                        assertThat(row.getValue())
                            .as(() -> String.valueOf(outcome.failure()))
                            .isEqualTo(Verdict.PASSED)));
  }
}
