package dev.pgbackup.e2e;

import dev.pgbackup.scenario.Database;
import dev.pgbackup.scenario.kubernetes.Examples;
import dev.pgbackup.scenario.kubernetes.Home;
import dev.pgbackup.scenario.kubernetes.ObjectStore;
import dev.pgbackup.scenario.kubernetes.PodDatabase;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The master of the examples, its bucket, and a policy that is Ready. */
public final class Shop implements AutoCloseable {

  public static final String POLICY = "master";

  private final Home home;
  private final ObjectStore store;
  private final Examples examples;
  private final PodDatabase master;

  private Shop(Home home, ObjectStore store, Examples examples, PodDatabase master) {
    this.home = home;
    this.store = store;
    this.examples = examples;
    this.master = master;
  }

  /** A master and a bucket in a namespace of their own, without a policy yet. */
  public static Shop prepare(ClusterUnderTest cluster, String purpose) {
    return prepare(cluster, purpose, ClusterUnderTest.IMAGES.postgres());
  }

  /**
   * @param postgres image of the master
   */
  public static Shop prepare(ClusterUnderTest cluster, String purpose, String postgres) {
    return prepare(cluster, purpose, postgres, Map.of());
  }

  /**
   * @param changes of the master's manifest, which stays one with a single pod
   */
  public static Shop prepare(
      ClusterUnderTest cluster, String purpose, Map<String, String> changes) {
    return prepare(cluster, purpose, ClusterUnderTest.IMAGES.postgres(), changes);
  }

  private static Shop prepare(
      ClusterUnderTest cluster, String purpose, String postgres, Map<String, String> changes) {
    Home home = cluster.namespace(purpose);
    ObjectStore store = new ObjectStore(home, ClusterUnderTest.IMAGES.s3());
    store.start();
    Examples examples = new Examples(Repository.path("examples"), postgres, store.endpoint());
    home.secret("aws", store.keys().content());
    home.apply(examples.read("master/master.yaml", changes));
    return new Shop(home, store, examples, PodDatabase.of(home, home.readyPod("master")));
  }

  /** Applies the policy of the examples; returns when it is Ready. */
  public void protect() {
    protect(Map.of());
  }

  /**
   * @param changes of the policy's manifest
   */
  public void protect(Map<String, String> changes) {
    home.apply(examples.read("backuppolicy.yaml", changes));
    home.awaitCondition(Home.POLICIES, POLICY, "Ready");
  }

  public Home home() {
    return home;
  }

  public ObjectStore store() {
    return store;
  }

  public Examples examples() {
    return examples;
  }

  public Database master() {
    return master;
  }

  /**
   * Applies the example of a restore, with another name and another target.
   *
   * @param target what stands in {@code target: {...}}
   */
  public void restore(String name, String target) {
    restore(name, target, Map.of());
  }

  /**
   * @param more changes of its text
   */
  public void restore(String name, String target, Map<String, String> more) {
    Map<String, String> changes = new HashMap<>(more);
    changes.put("name: restore-to-volume", "name: " + name);
    changes.put("{latest: {}}", "{" + target + "}");
    home.apply(examples.read("restore-to-volume.yaml", changes));
  }

  /** What a query returns on a restored claim. */
  public List<String> look(String claim, String query) throws SQLException {
    String pod = home.look(claim, examples.image());
    try (PodDatabase database = PodDatabase.of(home, pod)) {
      return database.column("postgres", query);
    } finally {
      home.endLook(claim);
    }
  }

  /** Returns when the bucket has what the master has committed, which takes seconds. */
  public void awaitDurable() throws SQLException {
    String written = master.value("postgres", "SELECT pg_current_wal_flush_lsn()");
    home.await(
        "WAL up to " + written + " is in the bucket",
        () ->
            String.valueOf(
                    home.get(Home.POLICIES, POLICY)
                        .<String>get("status", "archiving", "durableLSN"))
                .transform(durable -> isReached(durable, written)));
  }

  private boolean isReached(String durable, String written) {
    try {
      return !durable.equals("null")
          && master
              .value("postgres", "SELECT '%s'::pg_lsn >= '%s'::pg_lsn".formatted(durable, written))
              .equals("t");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    master.close();
    home.close();
  }
}
