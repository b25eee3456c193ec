package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import dev.pgbackup.scenario.kubernetes.PodDatabase;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A master with a policy, and a table of which a test knows every row; swaps of its volume; and a
 * look that nothing of a swap is left over, or lost.
 */
final class SwapStage implements AutoCloseable {

  private static final String MASTER = "master";
  private static final String OWN_ANNOTATION = "pgbackup.dev/";

  /** The bucket's, which is none of the database's. */
  private static final String BUCKET = "s3";

  private final Shop shop;
  private final Home home;
  private final String claim;
  private final String reclaimPolicy;

  private SwapStage(Shop shop, String claim, String reclaimPolicy) {
    this.shop = shop;
    this.home = shop.home();
    this.claim = claim;
    this.reclaimPolicy = reclaimPolicy;
  }

  /**
   * How the master runs.
   *
   * @param changes of its manifest
   * @param claim of its data
   * @param reclaimPolicy of the class that its volume is of
   */
  record Master(String kind, Map<String, String> changes, String claim, String reclaimPolicy) {}

  static SwapStage set(ClusterUnderTest cluster, String purpose, Master master)
      throws SQLException {
    cluster.operator();
    Shop shop = Shop.prepare(cluster, purpose, master.changes());
    shop.protect(Map.of("kind: StatefulSet", "kind: " + master.kind()));
    SwapStage stage = new SwapStage(shop, master.claim(), master.reclaimPolicy());
    stage.execute(
        "create extension amcheck",
        "create table note (id int generated always as identity primary key, what text)");
    return stage;
  }

  Home home() {
    return home;
  }

  /** Applies the master's manifest again, as a GitOps tool does. */
  void applyMaster(Map<String, String> changes) {
    home.apply(shop.examples().read("master/master.yaml", changes));
  }

  /** The database, wherever its pod is now. */
  PodDatabase database() {
    return PodDatabase.of(home, home.readyPod(MASTER));
  }

  void execute(String... statements) throws SQLException {
    try (PodDatabase database = database()) {
      database.execute("postgres", statements);
    }
  }

  private String value(String query) throws SQLException {
    try (PodDatabase database = database()) {
      return database.value("postgres", query);
    }
  }

  void write(String what) throws SQLException {
    execute("insert into note (what) values ('%s')".formatted(what));
  }

  /** A transaction that comes after all that was written, and before all that will be. */
  String transaction() throws SQLException {
    return value("select txid_current()");
  }

  /** All rows, after their index was compared with them. */
  List<String> rows() throws SQLException {
    value("select bt_index_check('note_pkey'::regclass, true)");
    try (PodDatabase database = database()) {
      return database.column("postgres", "select what from note order by id");
    }
  }

  int timeline() throws SQLException {
    return Integer.parseInt(
        value("select substring(pg_walfile_name(pg_current_wal_lsn()) for 8)"), 16);
  }

  /** Name of the volume that the database runs on. */
  String volume() {
    return home.volumeOf(claim);
  }

  /** Begins to put the database back to a transaction. */
  void swap(String name, String xid) {
    swap(name, xid, Map.of());
  }

  /**
   * @param more changes of its manifest
   */
  void swap(String name, String xid, Map<String, String> more) {
    Map<String, String> changes = new HashMap<>(more);
    changes.put("name: restore-xid-635", "name: " + name);
    changes.put("xid: \"635\"", "xid: \"" + xid + "\"");
    home.apply(shop.examples().read("restore-xid-635.yaml", changes));
  }

  /** Begins to undo a swap. */
  void undo(String name) {
    home.apply(
        shop.examples()
            .read(
                "undo-restore-xid-635.yaml",
                Map.of(
                    "name: undo-restore-xid-635",
                    "name: " + undoOf(name),
                    "{name: restore-xid-635}",
                    "{name: " + name + "}")));
  }

  static String undoOf(String name) {
    return "undo-" + name;
  }

  void awaitComplete(String restore) {
    home.awaitCondition(Home.RESTORES, restore, "Complete");
  }

  /** A text of the status of a restore; empty if it is not there. */
  String status(String restore, String... path) {
    GenericKubernetesResource now = home.get(Home.RESTORES, restore);
    List<Object> full = new ArrayList<>(List.of("status"));
    full.addAll(Arrays.asList(path));
    Object value = now == null ? null : now.get(full.toArray());
    return value == null ? "" : value.toString();
  }

  /** Name of the claim that keeps what a restore has replaced. */
  String keptBy(String restore) {
    return claim + "-before-" + restore;
  }

  /**
   * That there is the database's volume, one that is kept for each of these restores, and nothing
   * else of any swap.
   *
   * @param loose claims whose volumes are not kept beyond their claim
   */
  void assertNothingIsLeftOver(List<String> restores, String... loose) throws SQLException {
    List<String> claims = new ArrayList<>(List.of(claim));
    claims.addAll(List.of(loose));
    List<String> expected = new ArrayList<>();
    claims.forEach(name -> expected.add(name + " Bound " + reclaimPolicy));
    restores.forEach(restore -> expected.add(keptBy(restore) + " Bound Retain, protected"));
    assertThat(volumes()).containsExactlyInAnyOrderElementsOf(expected);
    restores.forEach(restore -> claims.add(keptBy(restore)));
    assertThat(claims()).containsExactlyInAnyOrderElementsOf(claims);
    assertJobs();
    assertThat(home.client().leases().inNamespace(home.name()).list().getItems())
        .as("turns with the database")
        .isEmpty();
    assertThat(home.list(Home.RESTORES))
        .allSatisfy(r -> assertThat(r.getMetadata().getFinalizers()).isEmpty());
    assertThat(
            value(
                "select string_agg(slot_name || ' ' || wal_status, ', ') from pg_replication_slots"))
        .isEqualTo("pgbackup_master reserved");
  }

  private List<String> claims() {
    return home
        .client()
        .persistentVolumeClaims()
        .inNamespace(home.name())
        .list()
        .getItems()
        .stream()
        .map(c -> c.getMetadata().getName())
        .filter(name -> !name.equals(BUCKET))
        .toList();
  }

  /** Each by its claim, and whether it is kept beyond that. */
  private List<String> volumes() {
    return home.volumes().stream()
        .filter(v -> !v.getSpec().getClaimRef().getName().equals(BUCKET))
        .map(
            v ->
                "%s %s %s%s"
                    .formatted(
                        v.getSpec().getClaimRef().getName(),
                        v.getStatus().getPhase(),
                        v.getSpec().getPersistentVolumeReclaimPolicy(),
                        isProtected(v) ? ", protected" : ""))
        .toList();
  }

  private static boolean isProtected(PersistentVolume volume) {
    return volume.getMetadata().getAnnotations().keySet().stream()
        .anyMatch(key -> key.startsWith(OWN_ANNOTATION));
  }

  /** Each is over, and goes with its restore. */
  private void assertJobs() {
    List<String> restores =
        home.list(Home.RESTORES).stream()
            .map(HasMetadata::getMetadata)
            .map(m -> m.getUid())
            .toList();
    List<Job> jobs = home.client().batch().v1().jobs().inNamespace(home.name()).list().getItems();
    assertThat(jobs)
        .allSatisfy(
            job -> {
              assertThat(job.getStatus().getActive()).as(job.getMetadata().getName()).isIn(null, 0);
              assertThat(job.getMetadata().getOwnerReferences())
                  .singleElement()
                  .satisfies(owner -> assertThat(restores).contains(owner.getUid()));
            });
  }

  @Override
  public void close() {
    shop.close();
  }
}
