package dev.pgbackup.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.operator.fakes.Manifests;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Where a restored volume is made")
class TopologyTest {

  private static final String VOLUME =
      """
      apiVersion: v1
      kind: PersistentVolume
      metadata: {name: pv}
      spec:
        nodeAffinity:
          required:
            nodeSelectorTerms:
            - matchExpressions: [{key: zone, operator: In, values: [a]}]
            - matchExpressions: [{key: zone, operator: In, values: [b]}]
      """;

  private static final String AFFINITY =
      """
      nodeAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms:
          - matchExpressions: [{key: disk, operator: In, values: [fast]}]
        preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 1
          preference: {matchExpressions: [{key: rack, operator: Exists}]}
      """;

  private static List<List<String>> keysAndValues(Affinity affinity) {
    return affinity
        .getNodeAffinity()
        .getRequiredDuringSchedulingIgnoredDuringExecution()
        .getNodeSelectorTerms()
        .stream()
        .map(NodeSelectorTerm::getMatchExpressions)
        .map(all -> all.stream().map(TopologyTest::keyAndValues).toList())
        .toList();
  }

  private static String keyAndValues(NodeSelectorRequirement requirement) {
    return requirement.getKey() + requirement.getValues();
  }

  @Test
  @DisplayName("a pod that may run anywhere runs where the old volume can be used")
  void anywhere() {
    PersistentVolume volume = Manifests.read(VOLUME, PersistentVolume.class);
    assertThat(keysAndValues(Topology.within(null, Topology.of(volume))))
        .containsExactly(List.of("zone[a]"), List.of("zone[b]"));
  }

  @Test
  @DisplayName(
      "one that is limited itself runs where both is the case, and prefers what it preferred")
  void both() {
    PersistentVolume volume = Manifests.read(VOLUME, PersistentVolume.class);
    Affinity own = Manifests.read(AFFINITY, Affinity.class);
    Affinity both = Topology.within(own, Topology.of(volume));
    assertThat(keysAndValues(both))
        .containsExactly(List.of("disk[fast]", "zone[a]"), List.of("disk[fast]", "zone[b]"));
    assertThat(both.getNodeAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
        .isEqualTo(own.getNodeAffinity().getPreferredDuringSchedulingIgnoredDuringExecution());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{nodeSelector: {zone: a}} | false",
        "{nodeSelector: {zone: c}} | true",
        "{nodeSelector: {disk: fast}} | false",
        "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [c, d]}]}]}}}} | true",
        "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [c]}]}, {matchExpressions: [{key: zone, operator: In, values: [b]}]}]}}}} | false",
        "{} | false"
      })
  @DisplayName(
      "a pod whose own words keep it from all of a volume's nodes is known before the swap")
  void excluded(String pod, boolean excluded) {
    PersistentVolume volume = Manifests.read(VOLUME, PersistentVolume.class);
    assertThat(Topology.excludes(Manifests.read("---\n" + pod, PodSpec.class), Topology.of(volume)))
        .isEqualTo(excluded);
  }

  @Test
  @DisplayName("a volume that every node can use limits nothing")
  void everywhere() {
    PersistentVolume volume = new PersistentVolumeBuilder().withNewSpec().endSpec().build();
    assertThat(Topology.within(null, Topology.of(volume))).isNull();
  }
}
