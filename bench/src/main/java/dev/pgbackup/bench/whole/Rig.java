package dev.pgbackup.bench.whole;

import dev.pgbackup.testkit.Guard;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** All that a measurement needs: a database, an object store, programs, and room on the disk. */
final class Rig implements AutoCloseable {

  private static final Path GRANTS = Path.of("deploy/sql/grants.sql");
  static final String ROLE = "pgbackup";

  private final Path folder;
  private final Options options;
  private final Programs programs;
  private final PostgresServer server;
  private final S3Server store;
  private final SourceDatabase database;
  private int places;

  private Rig(
      Path folder, Options options, Programs programs, PostgresServer server, S3Server store) {
    this.folder = folder;
    this.options = options;
    this.programs = programs;
    this.server = server;
    this.store = store;
    this.database = new SourceDatabase(server);
  }

  /**
   * Builds it up; the database is filled when this returns.
   *
   * @param folder new and empty; deleted at the end
   */
  static Rig build(Path folder, Options options, PostgresBinaries binaries, Programs programs)
      throws SQLException, IOException {
    if (!Files.isExecutable(options.program())) {
      throw new IllegalStateException(
          options.program() + " is not there; mvn -DskipTests package builds it");
    }
    Guard.watch(folder);
    PostgresServer server =
        PostgresServer.builder(binaries)
            .dataDirectory(folder.resolve("source"))
            .dataChecksums(true)
            .setting("shared_buffers", "256MB")
            .setting("autovacuum", "off")
            .setting("checkpoint_timeout", "1h")
            .setting("max_wal_size", "16GB")
            .setting("wal_keep_size", (options.walBytes() >> 20) * 2 + 256 + "MB")
            .setting("wal_level", "minimal")
            .setting("max_wal_senders", "0")
            .create();
    Rig rig = new Rig(folder, options, programs, server, S3Server.s3proxy());
    rig.database.fill(options.bytes());
    server.execute(
        "ALTER SYSTEM SET wal_level = 'replica'", "ALTER SYSTEM SET max_wal_senders = 10");
    server.restart();
    server.execute(Files.readString(GRANTS));
    server.execute("ALTER ROLE " + ROLE + " PASSWORD '" + server.password() + "'");
    rig.database.checkpoint();
    return rig;
  }

  Options options() {
    return options;
  }

  Programs programs() {
    return programs;
  }

  PostgresServer server() {
    return server;
  }

  SourceDatabase database() {
    return database;
  }

  S3Server store() {
    return store;
  }

  /** A path at which nothing is yet. */
  Path place(String name) {
    return folder.resolve(name + "-" + ++places);
  }

  /** An archive of its own, with a slot of its own, not begun yet. */
  AgentSetup archive(String name) {
    return archive(name, store.endpoint());
  }

  /** The same behind another address of the store. */
  AgentSetup archive(String name, URI endpoint) {
    return AgentSetup.write(this, place(name), endpoint);
  }

  Path launcher() {
    return options.program();
  }

  /** Begins to measure what this process's children use. */
  Meter meter() {
    return meter(Kernel::cpuOfEndedChildren);
  }

  /** Begins to measure a process that goes on. */
  Meter meter(Process process) {
    return meter(() -> Kernel.cpuOfTree(process.pid()));
  }

  private Meter meter(DoubleSupplier tool) {
    return new Meter(server.pid(), store.pid(), tool);
  }

  /** Runs a program to its end, and measures it. */
  Usage measure(String name, List<String> command, Map<String, String> environment) {
    Meter meter = meter();
    return meter.read(programs.run(name, command, environment));
  }

  /** A client that understands this server, if this machine has one. */
  Optional<Programs.Client> client(String name) {
    return programs.client(name).filter(client -> client.major() >= server.binaries().major());
  }

  /** What clients of PostgreSQL need to connect. */
  Map<String, String> connection() {
    return Map.of(
        "PGHOST", server.host(),
        "PGPORT", String.valueOf(server.port()),
        "PGUSER", server.user(),
        "PGPASSWORD", server.password());
  }

  @Override
  public void close() {
    server.close();
    store.close();
    Disk.delete(folder);
  }
}
