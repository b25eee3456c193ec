package dev.pgbackup.agent.process;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.connect.ObjectStores;
import dev.pgbackup.engine.store.connect.StoreSettings;
import dev.pgbackup.engine.store.s3.S3Credentials;
import dev.pgbackup.engine.store.s3.S3Settings;
import dev.pgbackup.testkit.FaultProxy;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A plain PostgreSQL with a stock {@code pg_hba.conf}, an S3 server, and the files that a sidecar
 * is configured with.
 */
final class Master implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofMinutes(1);
  static final String ROLE = "pgbackup";

  private final Path folder;
  private final PostgresServer server;
  private final S3Server store;
  private final FaultProxy line;
  private final Program program;
  private final int port = freePort();
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable Process sidecar;
  private int starts;

  /**
   * @param folder an empty one
   */
  Master(Path folder) {
    this.folder = folder;
    this.server =
        PostgresServer.builder(PostgresBinaries.of(16))
            .dataDirectory(folder.resolve("master"))
            .password("superuser-password")
            .stockHba()
            .create();
    this.store = S3Server.s3proxy();
    this.line = FaultProxy.http(store.endpoint());
    this.program = new Program(folder, Map.of("PGBACKUP_CONFIG", configuration().toString()));
    execute(Program.read(Path.of("../deploy/sql/grants.sql")));
    password("first-password-8d1f");
    keys();
    configure("");
  }

  PostgresServer server() {
    return server;
  }

  S3Server store() {
    return store;
  }

  /** The line between the agent and its bucket. */
  FaultProxy line() {
    return line;
  }

  /** The bucket as a program sees it that the line's faults do not concern. */
  ObjectStore bucket() {
    return ObjectStores.open(
        new StoreSettings.S3(
            S3Settings.bucket(store.bucket())
                .region(store.region())
                .endpoint(store.endpoint())
                .pathStyle(true)
                .credentials(
                    new S3Credentials.KeyFiles(
                        secret("access-key-id"), secret("secret-access-key"), Optional.empty()))
                .build()));
  }

  Program program() {
    return program;
  }

  Path folder() {
    return folder;
  }

  Path configuration() {
    return folder.resolve("pgbackup.yaml");
  }

  /** Gives the agent's role another password, on the server and in its file. */
  void password(String password) {
    execute("ALTER ROLE " + ROLE + " PASSWORD '" + password + "'");
    replace(secret("password"), password + "\n");
  }

  /** Writes the store's keys into their files. */
  void keys() {
    replace(secret("access-key-id"), store.accessKey());
    replace(secret("secret-access-key"), store.secretKey());
  }

  Path secret(String name) {
    return folder.resolve("secret-" + name);
  }

  /**
   * Writes the configuration.
   *
   * @param more further sections; one that is here already replaces it
   */
  void configure(String more) {
    String text =
        """
        connection:
          host: %s
          port: %d
          user: %s
          passwordFile: %s
        storage:
          s3:
            endpoint: %s
            region: %s
            bucket: %s
            forcePathStyle: true
            credentials: {accessKeyIdFile: %s, secretAccessKeyFile: %s}
        """
            .formatted(
                server.host(),
                server.port(),
                ROLE,
                secret("password"),
                line.endpoint(),
                store.region(),
                store.bucket(),
                secret("access-key-id"),
                secret("secret-access-key"));
    String http =
        more.contains("\nhttp:") || more.startsWith("http:")
            ? ""
            : "http: {listen: 127.0.0.1:" + port + "}\n";
    String wal =
        more.contains("\nwal:") || more.startsWith("wal:") ? "" : "wal: {flushInterval: 1s}\n";
    replace(configuration(), text + http + wal + more);
  }

  int port() {
    return port;
  }

  /** Puts a new file into the place of an old one, as mounted Secrets are replaced. */
  static void replace(Path file, String content) {
    try {
      Path complete = Files.writeString(file.resolveSibling("." + file.getFileName()), content);
      Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void execute(String... statements) {
    try {
      server.execute(statements);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  String query(String sql) {
    try {
      return server.query(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  Process startSidecar() {
    starts++;
    sidecar = program.start(folder.resolve("sidecar-out-" + starts), log(), "sidecar");
    return sidecar;
  }

  /** Kills the sidecar, as the kernel does it when memory is short. */
  void killSidecar() {
    try {
      sidecar().destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Asks the sidecar to end, and waits until it has. Without effect where none runs. */
  void stopSidecar() {
    Process process = sidecar;
    if (process == null) {
      return;
    }
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        throw new AssertionError("the sidecar does not end:\n" + Program.read(log()));
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Path log() {
    return folder.resolve("sidecar-log-" + starts);
  }

  Process sidecar() {
    if (sidecar == null) {
      throw new AssertionError("no sidecar was started");
    }
    return sidecar;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(uri(path)).GET());
  }

  HttpResponse<String> post(String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(PATIENCE.multipliedBy(2)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Empty while nobody answers. */
  Optional<AgentStatus> status() {
    Process process = sidecar();
    if (!process.isAlive()) {
      throw new AssertionError(
          "the sidecar ended with " + process.exitValue() + ":\n" + Program.read(log()));
    }
    try {
      return Optional.of(ContractJson.read(get(Endpoints.STATUS).body(), AgentStatus.class));
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** Waits for a status. */
  AgentStatus await(String what, Predicate<AgentStatus> condition) {
    AgentStatus[] last = new AgentStatus[1];
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .conditionEvaluationListener(ignored -> {})
        .until(
            () ->
                status()
                    .map(
                        status -> {
                          last[0] = status;
                          return condition.test(status);
                        })
                    .orElse(false));
    return last[0];
  }

  AgentStatus awaitReady() {
    return await("ready", AgentStatus::ready);
  }

  /** What {@code pgbackup list} shows, newest first. */
  List<BackupDocument> backups() {
    Program.Ended ended = program.run("list", "-o", "json");
    if (ended.exitCode() != 0) {
      throw new AssertionError(ended.err());
    }
    return ContractJson.read(ended.out(), BackupList.class).backups();
  }

  /** Waits until the store has everything that the server has written by now. */
  AgentStatus awaitDurable() {
    String written = query("SELECT pg_current_wal_flush_lsn()");
    return await(
        "durable up to " + written,
        status ->
            status.archiving().state() == ArchivingStatus.State.Streaming
                && status.archiving().durableLsn() != null
                && query(
                        "SELECT '"
                            + status.archiving().durableLsn()
                            + "'::pg_lsn >= '"
                            + written
                            + "'::pg_lsn")
                    .equals("t"));
  }

  @Override
  public void close() {
    try {
      if (sidecar != null && sidecar.isAlive()) {
        Stream<ProcessHandle> started = sidecar.descendants();
        sidecar.destroyForcibly().waitFor();
        started.forEach(ProcessHandle::destroyForcibly);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.close();
      line.close();
      store.close();
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
