package dev.pgbackup.operator.pod;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * On which nodes a volume can be used. A volume that is bound when its first pod is there is made
 * where that pod runs: so the one that fills it has to run where the database's volume can be used.
 */
public final class Topology {

  private Topology() {}

  /** The alternatives, of which a node has to match one; none if every node does. */
  public static List<NodeSelectorTerm> of(PersistentVolume volume) {
    return volume.getSpec().getNodeAffinity() == null
            || volume.getSpec().getNodeAffinity().getRequired() == null
        ? List.of()
        : volume.getSpec().getNodeAffinity().getRequired().getNodeSelectorTerms();
  }

  /** The affinity of a pod, limited to those nodes: each of its alternatives with each of these. */
  public static @Nullable Affinity within(
      @Nullable Affinity affinity, List<NodeSelectorTerm> nodes) {
    if (nodes.isEmpty()) {
      return affinity;
    }
    List<NodeSelectorTerm> own = alternatives(affinity);
    List<NodeSelectorTerm> both =
        own.isEmpty()
            ? nodes
            : own.stream().flatMap(one -> nodes.stream().map(other -> both(one, other))).toList();
    return new AffinityBuilder(affinity == null ? new Affinity() : affinity)
        .editOrNewNodeAffinity()
        .withNewRequiredDuringSchedulingIgnoredDuringExecution()
        .withNodeSelectorTerms(both)
        .endRequiredDuringSchedulingIgnoredDuringExecution()
        .endNodeAffinity()
        .build();
  }

  private static List<NodeSelectorTerm> alternatives(@Nullable Affinity affinity) {
    return Optional.ofNullable(affinity)
        .map(Affinity::getNodeAffinity)
        .map(nodes -> nodes.getRequiredDuringSchedulingIgnoredDuringExecution())
        .map(required -> required.getNodeSelectorTerms())
        .orElse(List.of());
  }

  private static NodeSelectorTerm both(NodeSelectorTerm one, NodeSelectorTerm other) {
    return new NodeSelectorTermBuilder(one)
        .addAllToMatchExpressions(other.getMatchExpressions())
        .addAllToMatchFields(other.getMatchFields())
        .build();
  }
}
