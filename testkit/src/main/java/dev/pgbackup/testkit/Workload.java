package dev.pgbackup.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of several connections at once, each written down outside the database.
 *
 * <p>They insert, change and delete rows, with subtransactions of which some are undone; some are
 * rolled back; if wished, some are prepared and end later, and some write large objects. What each
 * connection does follows from the seed; how they interleave does not.
 *
 * <p>The order of the {@link Journal} is the order of the WAL: transactions run side by side, but
 * one at a time ends. Whoever ends one holds a lock from before its commit is sent until the place
 * in the WAL is read after it, so two ends never pass each other. Connections never touch each
 * other's rows.
 */
public final class Workload {

  private final PostgresServer server;
  private final Builder settings;
  private final boolean timestamps;
  private final Journal journal;
  private final Object ending = new Object();
  private final List<WorkloadConnection> workers = new ArrayList<>();
  private @Nullable ExecutorService running;
  private List<Future<?>> results = List.of();
  private volatile boolean stopping;
  private volatile boolean disconnected;

  private Workload(Builder settings) throws SQLException {
    this.settings = settings;
    this.server = settings.server;
    this.journal = settings.continued == null ? new Journal() : settings.continued;
    try (Connection connection = server.connect(settings.database);
        Statement statement = connection.createStatement()) {
      if (settings.continued == null) {
        statement.execute(
            "CREATE TABLE workload (id bigint PRIMARY KEY, payload text NOT NULL,"
                + " number bigint GENERATED ALWAYS AS IDENTITY)");
      }
      try (ResultSet row = statement.executeQuery("SHOW track_commit_timestamp")) {
        row.next();
        timestamps = row.getString(1).equals("on");
      }
    }
    for (int i = 0; i < settings.connections; i++) {
      workers.add(new WorkloadConnection(this, i));
    }
  }

  /** Begins to describe a workload. */
  public static Builder on(PostgresServer server) {
    return new Builder(server);
  }

  /** Has each connection make so many transactions; returns when all are done. */
  public Workload run(int transactions) throws SQLException {
    begin(transactions);
    end();
    return this;
  }

  /** Has all connections make transactions until {@link #stop}. */
  public Workload start() {
    begin(Integer.MAX_VALUE);
    return this;
  }

  /** Ends what {@link #start} began, after the transactions that are under way. */
  public void stop() throws SQLException {
    stopping = true;
    end();
  }

  /** Whether the server went away while the workload ran; it stopped then. */
  public boolean isDisconnected() {
    return disconnected;
  }

  /** Commits what is still prepared. */
  public void commitPrepared() throws SQLException {
    for (WorkloadConnection worker : workers) {
      worker.commitPrepared();
    }
  }

  public Journal journal() {
    return journal;
  }

  /** Held while a transaction ends. */
  Object ending() {
    return ending;
  }

  /** What is in a database where the workload ran, or in a restored one: checksums by key. */
  public static SortedMap<String, String> contents(Connection connection) throws SQLException {
    SortedMap<String, String> contents = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      read(statement, "SELECT 'row ' || id, payload FROM workload", contents);
      read(
          statement,
          "SELECT 'object ' || oid, convert_from(lo_get(oid), 'UTF8')"
              + " FROM pg_largeobject_metadata",
          contents);
    }
    return contents;
  }

  private static void read(Statement statement, String query, SortedMap<String, String> contents)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        contents.put(rows.getString(1), checksum(rows.getString(2)));
      }
    }
  }

  /** Whether the sequence of a database is past all numbers that its rows have got from it. */
  public static boolean isSequenceAhead(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT coalesce(max(number), 0) <= (SELECT last_value FROM workload_number_seq)"
                    + " FROM workload")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  static String checksum(String payload) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(payload.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  Connection connect() throws SQLException {
    return server.connect(settings.database);
  }

  boolean tracksTimestamps() {
    return timestamps;
  }

  boolean makesLargeObjects() {
    return settings.largeObjects;
  }

  boolean prepares() {
    return settings.prepared;
  }

  long seed() {
    return settings.seed;
  }

  boolean mustStop() {
    return stopping || disconnected;
  }

  /** The server went away: nothing more is begun, and nothing more ends. */
  void lostConnection() {
    disconnected = true;
  }

  private void begin(int transactions) {
    if (running != null) {
      throw new IllegalStateException("the workload is running already");
    }
    stopping = false;
    disconnected = false;
    ExecutorService threads = Executors.newFixedThreadPool(workers.size());
    running = threads;
    results =
        workers.stream()
            .<Future<?>>map(
                worker ->
                    threads.submit(
                        () -> {
                          worker.run(transactions);
                          return null;
                        }))
            .toList();
  }

  private void end() throws SQLException {
    ExecutorService threads = running;
    if (threads == null) {
      throw new IllegalStateException("the workload is not running");
    }
    running = null;
    threads.shutdown();
    try {
      for (Future<?> result : results) {
        result.get();
      }
    } catch (ExecutionException failure) {
      throw new SQLException("the workload failed", failure.getCause());
    } catch (InterruptedException stop) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", stop);
    }
  }

  /** What a workload shall be like. */
  public static final class Builder {

    private final PostgresServer server;
    private String database = "postgres";
    private long seed = 1;
    private int connections = 4;
    private boolean prepared;
    private boolean largeObjects;
    private @Nullable Journal continued;

    private Builder(PostgresServer server) {
      this.server = server;
    }

    public Builder database(String name) {
      database = name;
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder connections(int count) {
      connections = count;
      return this;
    }

    /** With prepared transactions, for which the server needs {@code max_prepared_transactions}. */
    public Builder preparedTransactions() {
      prepared = true;
      return this;
    }

    public Builder largeObjects() {
      largeObjects = true;
      return this;
    }

    /**
     * Goes on where another workload was, in a database that holds the contents of its journal; see
     * {@link Journal#through}. The journal is continued.
     */
    public Builder continuing(Journal journal) {
      continued = journal;
      return this;
    }

    /** Makes the table, if the workload continues none. */
    public Workload create() throws SQLException {
      return new Workload(this);
    }
  }
}
