package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.TestNamespace;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A master with a policy in a namespace of its own, and a table whose rows say how far a transaction
 * is.
 */
final class SwapMaster implements AutoCloseable {

  static final String POLICIES = "PgBackupPolicy";
  static final String RESTORES = "PgRestore";

  private static final String ROWS = "select string_agg(what, ' ' order by id) from note";

  private final Stage stage;
  private final TestNamespace namespace;
  private final String claim;
  private String xid;

  private SwapMaster(Stage stage, TestNamespace namespace, String claim) {
    this.stage = stage;
    this.namespace = namespace;
    this.claim = claim;
  }

  /**
   * Rows {@code before} and {@code after}, and the transaction between them.
   *
   * @param manifest the file with the master
   * @param changes of its text
   * @param claim of its data
   */
  static SwapMaster set(
      Stage stage, String kind, String manifest, Map<String, String> changes, String claim) {
    SwapMaster master = new SwapMaster(stage, stage.another("swap"), claim);
    stage.example(master.namespace, manifest, changes);
    master.awaitReady();
    stage.example(
        master.namespace, "backuppolicy.yaml", Map.of("kind: StatefulSet", "kind: " + kind));
    stage.await(master.namespace, POLICIES, "master", "Ready");
    master.sql("create table note (id int generated always as identity, what text)");
    master.sql("insert into note (what) values ('before')");
    master.xid = master.sql("select txid_current()");
    master.sql("insert into note (what) values ('after')");
    return master;
  }

  TestNamespace namespace() {
    return namespace;
  }

  private Pod pod() {
    return stage
        .client()
        .pods()
        .inNamespace(namespace.name())
        .withLabel("app", "master")
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(
            pod ->
                pod.getStatus().getConditions().stream()
                    .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True")))
        .findFirst()
        .orElse(null);
  }

  void awaitReady() {
    Awaitility.await("the master is ready").atMost(Duration.ofMinutes(3)).until(() -> pod() != null);
  }

  String sql(String query) {
    return stage.sql(namespace, pod().getMetadata().getName(), query);
  }

  String rows() {
    awaitReady();
    return sql(ROWS);
  }

  PersistentVolumeClaim claim(String name) {
    return stage
        .client()
        .persistentVolumeClaims()
        .inNamespace(namespace.name())
        .withName(name)
        .get();
  }

  String volume() {
    return claim(claim).getSpec().getVolumeName();
  }

  PersistentVolume volume(String name) {
    return stage.client().persistentVolumes().withName(name).get();
  }

  /** Begins to put it back to the transaction. */
  void swap(String name, Map<String, String> more) {
    Map<String, String> changes = new HashMap<>(more);
    changes.put("name: restore-xid-635", "name: " + name);
    changes.put("xid: \"635\"", "xid: \"" + xid + "\"");
    stage.example(namespace, "restore-xid-635.yaml", changes);
  }

  /** Begins to undo that. */
  void undo(String name) {
    stage.example(
        namespace,
        "undo-restore-xid-635.yaml",
        Map.of(
            "name: undo-restore-xid-635",
            "name: undo-" + name,
            "{name: restore-xid-635}",
            "{name: " + name + "}"));
  }

  void await(String restore) {
    stage.await(namespace, RESTORES, restore, "Complete");
  }

  String step(String restore) {
    Object step = stage.get(namespace, RESTORES, restore).get("status", "swap", "step");
    return step == null ? "" : step.toString();
  }

  /** That no volume and no claim of this namespace is lost or left over. */
  void assertVolumes(List<String> claims) {
    assertThat(
            stage
                .client()
                .persistentVolumeClaims()
                .inNamespace(namespace.name())
                .list()
                .getItems())
        .allSatisfy(c -> assertThat(c.getStatus().getPhase()).isEqualTo("Bound"))
        .extracting(c -> c.getMetadata().getName())
        .containsExactlyInAnyOrderElementsOf(claims);
    assertThat(stage.client().persistentVolumes().list().getItems())
        .filteredOn(
            v ->
                v.getSpec().getClaimRef() != null
                    && namespace.name().equals(v.getSpec().getClaimRef().getNamespace()))
        .hasSize(claims.size())
        .allSatisfy(v -> assertThat(v.getStatus().getPhase()).isEqualTo("Bound"));
  }

  /** With the namespace goes what was kept in it: volumes that stay are deleted by name. */
  @Override
  public void close() {
    List<PersistentVolume> kept =
        stage.client().persistentVolumes().list().getItems().stream()
            .filter(
                v ->
                    v.getSpec().getClaimRef() != null
                        && namespace.name().equals(v.getSpec().getClaimRef().getNamespace()))
            .toList();
    namespace.close();
    kept.forEach(
        v -> stage.client().persistentVolumes().withName(v.getMetadata().getName()).delete());
  }
}
