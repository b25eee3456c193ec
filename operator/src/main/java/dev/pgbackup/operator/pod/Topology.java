package dev.pgbackup.operator.pod;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * On which nodes a volume can be used. A volume that is bound when its first pod is there is made
 * where that pod runs: so the one that fills it has to run where the database's volume can be used.
 */
public final class Topology {

  private static final String ONE_OF = "In";

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

  /**
   * Whether a pod can run on none of those nodes, as far as its own words tell: each alternative
   * asks of a label what the pod excludes. Which nodes there are is not looked at.
   */
  public static boolean excludes(PodSpec pod, List<NodeSelectorTerm> nodes) {
    List<NodeSelectorTerm> own = alternatives(pod.getAffinity());
    List<NodeSelectorTerm> alternatives = own.isEmpty() ? List.of(new NodeSelectorTerm()) : own;
    return !nodes.isEmpty()
        && alternatives.stream()
            .flatMap(one -> nodes.stream().map(other -> both(one, other)))
            .allMatch(term -> isImpossible(term, pod.getNodeSelector()));
  }

  /** Whether a label would have to have two values. */
  private static boolean isImpossible(
      NodeSelectorTerm term, @Nullable Map<String, String> selector) {
    Map<String, Set<String>> allowed = new HashMap<>();
    if (selector != null) {
      selector.forEach((key, value) -> allowed.put(key, Set.of(value)));
    }
    for (NodeSelectorRequirement requirement : term.getMatchExpressions()) {
      if (ONE_OF.equals(requirement.getOperator())) {
        allowed.merge(requirement.getKey(), Set.copyOf(requirement.getValues()), Topology::common);
      }
    }
    return allowed.values().stream().anyMatch(Set::isEmpty);
  }

  private static Set<String> common(Set<String> one, Set<String> other) {
    return one.stream().filter(other::contains).collect(Collectors.toSet());
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
