package dev.pgbackup.operator.swap.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who else keeps a workload as it should be. A swap changes nothing that they keep, but a person
 * wants to know.
 */
public final class Keepers {

  private Keepers() {}

  /** Their names, as labels and annotations of the workload tell. */
  public static List<String> of(Map<String, String> labels, Map<String, String> annotations) {
    List<String> found = new ArrayList<>();
    if ("Helm".equals(labels.get("app.kubernetes.io/managed-by"))
        || annotations.containsKey("meta.helm.sh/release-name")) {
      found.add("Helm");
    }
    if (annotations.containsKey("argocd.argoproj.io/tracking-id")
        || labels.containsKey("argocd.argoproj.io/instance")) {
      found.add("Argo CD");
    }
    if (labels.keySet().stream().anyMatch(key -> key.contains(".toolkit.fluxcd.io/"))) {
      found.add("Flux");
    }
    return found;
  }
}
