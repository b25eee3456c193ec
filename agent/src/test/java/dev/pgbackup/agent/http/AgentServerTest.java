package dev.pgbackup.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.config.HttpConfig;
import dev.pgbackup.contract.http.AgentToken;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.contract.status.Pause;
import dev.pgbackup.contract.status.PauseRequest;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.contract.status.SwapRequest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The sidecar's HTTP server")
class AgentServerTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Told told = new Told();
  private @Nullable AgentServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  @DisplayName("answers with the documents of the contract")
  void documents() throws Exception {
    start(null, null);

    assertThat(ContractJson.read(get("/status").body(), AgentStatus.class))
        .isEqualTo(told.status());
    assertThat(get("/status").headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(ContractJson.read(get("/backups").body(), BackupList.class))
        .isEqualTo(told.backups());
    assertThat(get("/backups/requests/r1").statusCode()).isEqualTo(200);
    assertThat(get("/backups/requests/r2").statusCode()).isEqualTo(404);
    assertThat(get("/metrics").body()).isEqualTo("pgbackup_ready 1\n");
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    HttpResponse<String> asked = post("/backups", "{\"requestId\":\"r1\"}", null);
    assertThat(asked.statusCode()).isEqualTo(202);
    assertThat(ContractJson.read(asked.body(), BackupProgressStatus.class).requestId())
        .isEqualTo("r1");
  }

  @Test
  @DisplayName("says whether it is ready, and why not")
  void readiness() throws Exception {
    start(null, null);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);

    told.ready = false;

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("Connecting");
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "TargetBeyondArchive, 422, 3",
    "ForeignArchive, 422, 4",
    "BucketUnreachable, 503, 5",
    "DatabaseUnreachable, 503, 6",
    "BackupInProgress, 409, 6",
    "InvalidArgument, 400, 2",
    "InternalError, 500, 1"
  })
  @DisplayName("says why something is refused")
  void refusals(Reason reason, int status, int exitCode) throws Exception {
    start(null, null);
    told.failure = new EngineException(reason, "It cannot be done");

    HttpResponse<String> answer = post("/plan", "{\"target\":{\"latest\":true}}", null);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(ContractJson.read(answer.body(), Refusal.class))
        .isEqualTo(new Refusal(1, reason.name(), "It cannot be done.", exitCode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"version\":7}", "<plan/>"})
  @DisplayName("refuses a request that is none")
  void garbage(String body) throws Exception {
    start(null, null);

    HttpResponse<String> answer = post("/plan", body, null);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(ContractJson.read(answer.body(), Refusal.class).reason())
        .isEqualTo("InvalidArgument");
  }

  @Test
  @DisplayName("refuses a request that is too big without reading it whole")
  void tooBig() throws Exception {
    start(null, null);

    assertThat(post("/plan", " ".repeat(100_000), null).statusCode()).isEqualTo(413);
  }

  @Test
  @DisplayName("knows only its own paths and methods")
  void paths() throws Exception {
    start(null, null);

    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/statusx").statusCode()).isEqualTo(404);
    assertThat(get("/status/x").statusCode()).isEqualTo(404);
    assertThat(get("/flush").statusCode()).isEqualTo(405);
    assertThat(post("/status", "{}", null).statusCode()).isEqualTo(405);
  }

  @Test
  @DisplayName("lets callers change something only with a token of the operator, if it has its key")
  void tokens(@TempDir Path directory) throws Exception {
    KeyPair keys = keys();
    start(pem(directory, keys), "ns/master");
    String good = token(keys, "ns/master", Instant.now().plusSeconds(60));

    for (String path : List.of("/backups", "/flush", "/pause", "/prepare-swap", "/resume")) {
      assertThat(post(path, "{}", null).statusCode()).isEqualTo(401);
      assertThat(post(path, "{}", "Bearer nonsense").statusCode()).isEqualTo(401);
      assertThat(post(path, "{}", "Basic " + good).statusCode()).isEqualTo(401);
      assertThat(
              post(path, "{}", "Bearer " + token(keys, "ns/other", Instant.now().plusSeconds(60)))
                  .statusCode())
          .isEqualTo(401);
      assertThat(
              post(path, "{}", "Bearer " + token(keys, "ns/master", Instant.now().minusSeconds(90)))
                  .statusCode())
          .isEqualTo(401);
      assertThat(
              post(
                      path,
                      "{}",
                      "Bearer " + token(keys(), "ns/master", Instant.now().plusSeconds(60)))
                  .statusCode())
          .isEqualTo(401);
    }
    assertThat(told.changes).isZero();
    for (String path : List.of("/backups", "/flush", "/pause", "/prepare-swap", "/resume")) {
      assertThat(post(path, "{}", "Bearer " + good).statusCode()).isBetween(200, 202);
    }
    assertThat(told.changes).isEqualTo(5);
    assertThat(get("/status").statusCode()).isEqualTo(200);
    assertThat(post("/plan", "{\"target\":{\"latest\":true}}", null).statusCode()).isEqualTo(200);
  }

  @Test
  @DisplayName("takes up a key that was rotated")
  void rotated(@TempDir Path directory) throws Exception {
    KeyPair before = keys();
    String file = pem(directory, before);
    start(file, "a");
    KeyPair after = keys();
    pem(directory, after);

    assertThat(
            post("/flush", "{}", "Bearer " + token(before, "a", Instant.now().plusSeconds(60)))
                .statusCode())
        .isEqualTo(401);
    assertThat(
            post("/flush", "{}", "Bearer " + token(after, "a", Instant.now().plusSeconds(60)))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  @DisplayName("says who has the address that it wants")
  void taken() {
    start(null, null);

    assertThatThrownBy(
            () -> AgentServer.start(new HttpConfig("127.0.0.1:" + server.port(), null, null), told))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.HostFailure))
        .hasMessageContaining("http.listen");
  }

  @Test
  @DisplayName("is not there if the configuration wants none")
  void none() {
    assertThat(AgentServer.start(new HttpConfig("", null, null), told)).isNull();
  }

  private void start(@Nullable String keyFile, @Nullable String audience) {
    server = AgentServer.start(new HttpConfig("127.0.0.1:0", keyFile, audience), told);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body, @Nullable String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private static KeyPair keys() throws GeneralSecurityException {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  private static String pem(Path directory, KeyPair keys) throws IOException {
    return Files.writeString(
            directory.resolve("token.pem"),
            "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n")
        .toString();
  }

  private static String token(KeyPair keys, String audience, Instant expires) {
    return new AgentToken(audience, "operator", expires).sign(keys.getPrivate());
  }

  /** An agent that says what it was told to. */
  private static final class Told implements AgentApi {

    boolean ready = true;
    int changes;
    @Nullable EngineException failure;

    @Override
    public AgentStatus status() {
      return new AgentStatus(
          1,
          "test",
          NOON,
          "00",
          null,
          "7312345678901234567-1",
          null,
          new ArchivingStatus(
              ArchivingStatus.State.Connecting,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null),
          List.of(),
          List.of(),
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          ready,
          List.of());
    }

    @Override
    public BackupList backups() {
      return new BackupList(
          1,
          "7312345678901234567-1",
          "7312345678901234567",
          16,
          1,
          List.of(),
          List.of(),
          List.of());
    }

    @Override
    public BackupProgressStatus requestBackup(BackupRequest request) {
      changes++;
      return progress();
    }

    private static BackupProgressStatus progress() {
      return new BackupProgressStatus(
          "r1",
          null,
          "Manual",
          BackupProgressStatus.Phase.Pending,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null);
    }

    @Override
    public Optional<BackupProgressStatus> backupRequest(String requestId) {
      return requestId.equals("r1") ? Optional.of(progress()) : Optional.empty();
    }

    @Override
    public PlanDocument plan(PlanRequest request) {
      if (failure != null) {
        throw failure;
      }
      return new PlanDocument(
          1,
          "a",
          "t",
          "b",
          1,
          "0/1",
          null,
          null,
          List.of(1),
          1,
          1,
          1,
          null,
          "16.4",
          List.of(),
          List.of());
    }

    @Override
    public FlushResult flush() {
      changes++;
      return new FlushResult(1, 1, "0/1");
    }

    @Override
    public Pause pause() {
      return new Pause(1, null);
    }

    @Override
    public Pause pause(PauseRequest request) {
      changes++;
      return new Pause(1, NOON);
    }

    @Override
    public SwapPreparation prepareSwap(SwapRequest request) {
      changes++;
      return new SwapPreparation(
          1, "7312345678901234567", 1, "0/1", NOON, true, List.of(), List.of());
    }

    @Override
    public AgentStatus resume() {
      changes++;
      return status();
    }

    @Override
    public String metrics() {
      return "pgbackup_ready 1\n";
    }
  }
}
