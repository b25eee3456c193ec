package dev.pgbackup.deploy.gitops;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The rules of kstatus for custom resources, which Flux, Argo's peers and {@code kpt} share: a
 * generation that was not observed, {@code Reconciling}, {@code Stalled}, then {@code Ready}; an
 * object that says nothing about itself is taken to be current.
 */
final class KStatus {

  private KStatus() {}

  static String of(JsonNode object) {
    JsonNode observed = object.at("/status/observedGeneration");
    if (observed.isNumber() && !observed.equals(object.at("/metadata/generation"))) {
      return "InProgress";
    }
    if (Conditions.isTrue(object, "Reconciling")) {
      return "InProgress";
    }
    if (Conditions.isTrue(object, "Stalled")) {
      return "Failed";
    }
    boolean current =
        Conditions.find(object, "Ready").isEmpty() || Conditions.isTrue(object, "Ready");
    return current ? "Current" : "InProgress";
  }
}
