package dev.pgbackup.e2e.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;

/** The least that a user must write, to be changed in one place. */
enum Manifest {
  POLICY(
      """
      apiVersion: pgbackup.dev/v1alpha1
      kind: PgBackupPolicy
      metadata: {name: sample}
      spec:
        target:
          workloadRef: {kind: StatefulSet, name: master}
        storage:
          s3:
            bucket: backups
            credentials: {secretRef: {name: aws}}
      """),

  BACKUP(
      """
      apiVersion: pgbackup.dev/v1alpha1
      kind: PgBackup
      metadata: {name: sample}
      spec:
        policyRef: {name: master}
      """),

  RESTORE(
      """
      apiVersion: pgbackup.dev/v1alpha1
      kind: PgRestore
      metadata: {name: sample}
      spec:
        source: {policyRef: {name: master}}
        target: {xid: "635"}
      """),

  RESTORE_FROM_STORAGE(
      """
      apiVersion: pgbackup.dev/v1alpha1
      kind: PgRestore
      metadata: {name: sample}
      spec:
        source:
          storage:
            s3:
              bucket: backups
              credentials: {secretRef: {name: aws}}
        target: {latest: {}}
        volume: {size: 1Gi}
        postgres: {image: "postgres:17"}
      """);

  private final String yaml;

  Manifest(String yaml) {
    this.yaml = yaml;
  }

  ObjectNode tree() {
    return Serialization.unmarshal(yaml, ObjectNode.class);
  }

  GenericKubernetesResource resource() {
    return resource(tree());
  }

  /**
   * The manifest with another value at a place.
   *
   * @param place as in {@code spec.target.xid}; what is missing on the way is made
   * @param value YAML; empty: what is there is removed
   */
  GenericKubernetesResource with(String place, String value) {
    ObjectNode tree = tree();
    change(tree, place, value);
    return resource(tree);
  }

  static void change(ObjectNode tree, String place, String value) {
    String[] names = place.split("\\.");
    ObjectNode parent = tree;
    for (int i = 0; i < names.length - 1; i++) {
      parent = parent.withObject("/" + names[i]);
    }
    String last = names[names.length - 1];
    if (value.isEmpty()) {
      parent.remove(last);
    } else {
      parent.set(last, Serialization.unmarshal("value: " + value, JsonNode.class).path("value"));
    }
  }

  private static GenericKubernetesResource resource(ObjectNode tree) {
    return Serialization.unmarshal(tree.toString(), GenericKubernetesResource.class);
  }
}
