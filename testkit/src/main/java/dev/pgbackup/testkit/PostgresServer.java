package dev.pgbackup.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server on this machine, listening on loopback, with the superuser {@code postgres}.
 *
 * <p>Its port stays the same over restarts. Closing it kills it and deletes what it made itself; a
 * data directory that was given is kept. If this JVM dies, the server dies with it.
 */
public final class PostgresServer implements AutoCloseable {

  /** How a server is asked to stop. */
  public enum Mode {
    /** Waits for all sessions to end. */
    SMART("TERM"),
    /** Ends sessions, writes the shutdown checkpoint. */
    FAST("INT"),
    /** Ends at once; the next start recovers from the WAL. */
    IMMEDIATE("QUIT");

    private final String signal;

    Mode(String signal) {
      this.signal = signal;
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String SUPERUSER = "postgres";
  private static final int LOG_TAIL = 8_000;

  private final PostgresBinaries binaries;
  private final Path work;
  private final Path data;
  private final Map<String, String> settings;
  private final Map<String, String> options;
  private final List<String> initdb;
  private final List<String> hba;
  private final String password;
  private final int port = Ports.free();
  private @Nullable Process process;

  private PostgresServer(Builder builder) {
    this.binaries = builder.binaries;
    this.work = Workspace.temporary("pgbackup-postgres-");
    Guard.watch(work);
    Path given = builder.data;
    this.data = given == null ? work.resolve("data") : given.toAbsolutePath();
    this.settings = Map.copyOf(builder.settings);
    this.options = new LinkedHashMap<>(builder.options);
    this.initdb = List.copyOf(builder.initdb);
    this.hba = builder.hba;
    this.password = builder.password;
  }

  /** Begins to describe a server. */
  public static Builder builder(PostgresBinaries binaries) {
    return new Builder(binaries);
  }

  /** Makes the cluster in the data directory and starts it. */
  public PostgresServer create() {
    initialize();
    return start();
  }

  private void initialize() {
    try {
      Path secret = Files.writeString(work.resolve("password"), password);
      List<String> command = new ArrayList<>();
      command.add(program("initdb"));
      command.addAll(List.of("--pgdata", data.toString(), "--username", SUPERUSER, "--no-sync"));
      command.addAll(List.of("--auth", "scram-sha-256", "--pwfile", secret.toString()));
      command.addAll(List.of("--encoding", "UTF8", "--locale", "C"));
      command.addAll(initdb);
      Commands.run(command.toArray(String[]::new));
      StringBuilder configuration = new StringBuilder("\n");
      settings.forEach(
          (name, value) ->
              configuration
                  .append(name)
                  .append(" = '")
                  .append(value.replace("'", "''"))
                  .append("'\n"));
      Files.writeString(
          data.resolve("postgresql.conf"),
          Files.readString(data.resolve("postgresql.conf")) + configuration);
      Files.write(data.resolve("pg_hba.conf"), hba);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * Starts the server on the data directory as it is, and waits until it takes connections: after
   * recovery, if it has to recover; during it, if it is a hot standby.
   *
   * @throws IllegalStateException with the end of its log, if it does not start
   */
  public PostgresServer start() {
    Process started = launch();
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!isReady(started)) {
      if (!started.isAlive()) {
        throw new IllegalStateException(
            "the server ended with code " + started.exitValue() + ":\n" + logTail());
      }
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("the server takes no connections:\n" + logTail());
      }
      pause();
    }
    return this;
  }

  /** Starts the server without waiting for anything; for one that is expected to end. */
  public Process launch() {
    if (isRunning()) {
      throw new IllegalStateException("the server is running already");
    }
    List<String> command = new ArrayList<>(List.of(program("postgres"), "-D", data.toString()));
    Map<String, String> all = new LinkedHashMap<>(options);
    all.put("listen_addresses", "127.0.0.1");
    all.put("port", String.valueOf(port));
    all.put("unix_socket_directories", "");
    all.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
      Guard.watch(started);
      process = started;
      return started;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Whether the server itself says so, in the last line of its lock file. */
  private boolean isReady(Process started) {
    try {
      List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
      return lines.size() > 7
          && lines.get(0).strip().equals(String.valueOf(started.pid()))
          && List.of("ready", "standby").contains(lines.get(7).strip());
    } catch (IOException notThere) {
      return false;
    }
  }

  /** Asks the server to stop, and waits until it has; nothing if it does not run. */
  public void stop(Mode mode) {
    Process running = process;
    if (running != null) {
      Commands.signal(running.toHandle(), mode.signal);
      await(running.toHandle());
    }
    process = null;
  }

  /** Asks the server to stop, without waiting for it. */
  public Process beginStop(Mode mode) {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the server is not running");
    }
    Commands.signal(running.toHandle(), mode.signal);
    return running;
  }

  /** Kills all processes of the server at once, as if the power went (but not the disk's cache). */
  public void kill() {
    Process running = process;
    if (running != null && running.isAlive()) {
      Commands.signal(running.toHandle(), "STOP");
      List<ProcessHandle> children = running.descendants().toList();
      running.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
      await(running.toHandle());
      children.forEach(PostgresServer::await);
    }
    process = null;
  }

  /** Stops the server fast and starts it again. */
  public PostgresServer restart() {
    stop(Mode.FAST);
    return start();
  }

  /** Has the server read its configuration files again. */
  public void reload() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the server is not running");
    }
    Commands.signal(running.toHandle(), "HUP");
  }

  public boolean isRunning() {
    Process running = process;
    return running != null && running.isAlive();
  }

  /** The id of the server's first process, the parent of all its others. */
  public long pid() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the server is not running");
    }
    return running.pid();
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  public String user() {
    return SUPERUSER;
  }

  public String password() {
    return password;
  }

  public PostgresBinaries binaries() {
    return binaries;
  }

  public Path dataDirectory() {
    return data;
  }

  /** The JDBC URL of a database, without user and password. */
  public String url(String database) {
    return "jdbc:postgresql://" + host() + ":" + port + "/" + database;
  }

  /** Opens a session of the superuser in the database {@code postgres}. */
  public Connection connect() throws SQLException {
    return connect("postgres");
  }

  /** Opens a session of the superuser. */
  public Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", SUPERUSER);
    properties.setProperty("password", password);
    return DriverManager.getConnection(url(database), properties);
  }

  /** Runs statements in the database {@code postgres}, each in a transaction of its own. */
  public void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column of a query's only row, in the database {@code postgres}. */
  public String query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      if (!row.next()) {
        throw new SQLException("no row: " + sql);
      }
      return row.getString(1);
    }
  }

  /** The file with all that the server said since it was made. */
  public Path log() {
    return work.resolve("server.log");
  }

  /** The end of the server's log. */
  public String logTail() {
    try {
      byte[] all = Files.exists(log()) ? Files.readAllBytes(log()) : new byte[0];
      int from = Math.max(0, all.length - LOG_TAIL);
      return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Kills the server if it runs, and deletes what it made itself. */
  @Override
  public void close() {
    kill();
    Workspace.delete(work);
  }

  private String program(String name) {
    return binaries.binDirectory().resolve(name).toString();
  }

  private static void await(ProcessHandle ending) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (Commands.isRunning(ending)) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("process " + ending.pid() + " does not end");
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(10);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a server", stop);
    }
  }

  @Override
  public String toString() {
    return binaries + " on port " + port;
  }

  /** What a server shall be like. */
  public static final class Builder {

    private static final List<String> OPEN_HBA =
        List.of(
            "local all all scram-sha-256",
            "host all all all scram-sha-256",
            "host replication all all scram-sha-256");
    private static final List<String> STOCK_HBA =
        List.of("local all all scram-sha-256", "host all all all scram-sha-256");

    private final PostgresBinaries binaries;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> options = new LinkedHashMap<>();
    private final List<String> initdb = new ArrayList<>();
    private List<String> hba = OPEN_HBA;
    private String password = "only for tests";
    private @Nullable Path data;

    private Builder(PostgresBinaries binaries) {
      this.binaries = binaries;
      settings.put("shared_buffers", "32MB");
      options.put("fsync", "off");
    }

    /** Where the cluster is or shall be; it is kept when the server is closed. */
    public Builder dataDirectory(Path directory) {
      data = directory;
      return this;
    }

    /** Size of a WAL segment, a power of two from 1 to 1024; for {@code create}. */
    public Builder walSegmentMiB(int size) {
      initdb.add("--wal-segsize=" + size);
      return this;
    }

    /** Whether pages carry checksums; for {@code create}. */
    public Builder dataChecksums(boolean on) {
      if (on) {
        initdb.add("--data-checksums");
      } else if (binaries.major() >= 18) {
        initdb.add("--no-data-checksums");
      }
      return this;
    }

    /** A line of {@code postgresql.conf}; for {@code create}. */
    public Builder setting(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /** A setting of the server's command line at each start, stronger than any in a file. */
    public Builder option(String name, String value) {
      options.put(name, value);
      return this;
    }

    /** Whether the server waits for its disk; it does not unless told to, for speed. */
    public Builder fsync(boolean on) {
      return option("fsync", on ? "on" : "off");
    }

    /** The superuser's password; for {@code create}, and for sessions. */
    public Builder password(String secret) {
      password = secret;
      return this;
    }

    /**
     * A {@code pg_hba.conf} as a client from another host meets it in the official image:
     * passwords, and no entry for replication.
     */
    public Builder stockHba() {
      hba = STOCK_HBA;
      return this;
    }

    /** Makes the cluster and starts it. */
    public PostgresServer create() {
      PostgresServer server = build();
      try {
        return server.create();
      } catch (RuntimeException failure) {
        server.close();
        throw failure;
      }
    }

    /** A server that does nothing yet; for a data directory that exists. */
    public PostgresServer build() {
      return new PostgresServer(this);
    }
  }
}
