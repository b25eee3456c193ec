package dev.pgbackup.agent.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pgbackup.agent.config.ListenAddress;
import dev.pgbackup.agent.document.Failures;
import dev.pgbackup.contract.ContractException;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.config.HttpConfig;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.contract.status.PauseRequest;
import dev.pgbackup.contract.status.SwapRequest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Family;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers over HTTP. */
public final class AgentServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AgentServer.class);

  private static final int THREADS = 4;
  private static final int LARGEST_BODY = 64 << 10;
  private static final String JSON = "application/json";
  private static final String DEFAULTS = "{}";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  /** An answer. */
  private record Answer(int status, String type, String body) {
    static Answer ok(Object document) {
      return new Answer(200, JSON, ContractJson.write(document));
    }
  }

  private final AgentApi api;
  private final TokenGuard guard;
  private final HttpServer server;
  private final ExecutorService threads;

  private AgentServer(HttpConfig config, AgentApi api, HttpServer server) {
    this.api = api;
    this.guard = new TokenGuard(config, Clock.systemUTC());
    this.server = server;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread t = new Thread(task, "http-" + number.incrementAndGet());
              t.setDaemon(true);
              return t;
            });
  }

  /**
   * Begins to listen.
   *
   * @return null if the configuration wants no server
   * @throws EngineException {@code HostFailure}, if the address cannot be had
   */
  public static @Nullable AgentServer start(HttpConfig config, AgentApi api) {
    if (config.listen().isEmpty()) {
      return null;
    }
    ListenAddress address = ListenAddress.parse(config.listen());
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
      AgentServer started = new AgentServer(config, api, server);
      started.begin();
      return started;
    } catch (IOException e) {
      throw new EngineException(
          Reason.HostFailure,
          "Nobody can listen on "
              + config.listen()
              + " ("
              + e.getMessage()
              + "). Another program may have that port, a second sidecar for example. Change http.listen, or end it.",
          e);
    }
  }

  private void begin() {
    get(Endpoints.HEALTHZ, path -> new Answer(200, "text/plain", "ok\n"));
    get(Endpoints.READYZ, path -> readiness(api.status()));
    get(Endpoints.METRICS, path -> new Answer(200, PROMETHEUS, api.metrics()));
    get(Endpoints.STATUS, path -> Answer.ok(api.status()));
    get(Endpoints.BACKUP_REQUESTS, this::backupRequest);
    handle(
        Endpoints.BACKUPS,
        Map.of(
            "GET",
            exchange -> Answer.ok(api.backups()),
            "POST",
            change(
                exchange ->
                    new Answer(
                        202,
                        JSON,
                        ContractJson.write(
                            api.requestBackup(document(exchange, BackupRequest.class)))))));
    handle(
        Endpoints.PLAN,
        Map.of("POST", exchange -> Answer.ok(api.plan(document(exchange, PlanRequest.class)))));
    handle(
        Endpoints.PAUSE,
        Map.of(
            "GET",
            exchange -> Answer.ok(api.pause()),
            "POST",
            change(
                exchange ->
                    Answer.ok(api.pause(document(exchange, PauseRequest.class, DEFAULTS))))));
    handle(Endpoints.FLUSH, Map.of("POST", change(exchange -> Answer.ok(api.flush()))));
    handle(
        Endpoints.PREPARE_SWAP,
        Map.of(
            "POST",
            change(
                exchange ->
                    Answer.ok(api.prepareSwap(document(exchange, SwapRequest.class, DEFAULTS))))));
    handle(Endpoints.RESUME, Map.of("POST", change(exchange -> Answer.ok(api.resume()))));
    handle("/", Map.of());
    server.setExecutor(threads);
    server.start();
    LOG.info("Listening on {}.", server.getAddress());
  }

  private Answer backupRequest(String path) {
    String id = path.substring(Endpoints.BACKUP_REQUESTS.length());
    return api.backupRequest(id)
        .map(Answer::ok)
        .orElseThrow(
            () ->
                new HttpRefusal(
                    404, "NotFound", "This process knows no request for a backup with that id."));
  }

  private static Answer readiness(AgentStatus status) {
    String body =
        status.ready()
            ? "ready\n"
            : status.problems().isEmpty()
                ? "not ready: " + status.archiving().state() + "\n"
                : "not ready: " + status.problems().get(0).message() + "\n";
    return new Answer(status.ready() ? 200 : 503, "text/plain; charset=utf-8", body);
  }

  private void get(String path, Function<String, Answer> answer) {
    handle(path, Map.of("GET", exchange -> answer.apply(exchange.getRequestURI().getPath())));
  }

  /** What only those may do who have the right to change something. */
  private Function<HttpExchange, Answer> change(Function<HttpExchange, Answer> answer) {
    return exchange -> {
      guard.check(exchange);
      return answer.apply(exchange);
    };
  }

  private void handle(String path, Map<String, Function<HttpExchange, Answer>> methods) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            send(exchange, answer(exchange, path, methods));
          } catch (IOException e) {
            LOG.debug("an answer could not be sent", e);
          }
        });
  }

  private static Answer answer(
      HttpExchange exchange, String path, Map<String, Function<HttpExchange, Answer>> methods) {
    try {
      String asked = exchange.getRequestURI().getPath();
      if (methods.isEmpty() || !(asked.equals(path) || path.endsWith("/"))) {
        throw new HttpRefusal(404, "NotFound", "There is nothing at " + asked + ".");
      }
      Function<HttpExchange, Answer> method = methods.get(exchange.getRequestMethod());
      if (method == null) {
        throw new HttpRefusal(
            405, "MethodNotAllowed", "Use " + String.join(" or ", methods.keySet()) + " here.");
      }
      return method.apply(exchange);
    } catch (HttpRefusal e) {
      return new Answer(e.status(), JSON, ContractJson.write(e.document()));
    } catch (RuntimeException e) {
      if (!(e instanceof EngineException)) {
        LOG.error("Answering {} failed unexpectedly.", exchange.getRequestURI().getPath(), e);
      }
      return new Answer(status(Failures.reason(e)), JSON, ContractJson.write(Failures.refusal(e)));
    }
  }

  private static int status(Reason reason) {
    if (reason == Reason.BackupInProgress) {
      return 409;
    }
    Family family = reason.family();
    return switch (family) {
      case USAGE -> 400;
      case TARGET, ARCHIVE -> 422;
      case STORE, DATABASE, HOST -> 503;
      case INTERNAL -> 500;
    };
  }

  private static <T> T document(HttpExchange exchange, Class<T> type) {
    return document(exchange, type, "");
  }

  private static <T> T document(HttpExchange exchange, Class<T> type, String ifEmpty) {
    try {
      byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
      if (body.length > LARGEST_BODY) {
        throw new HttpRefusal(413, "InvalidArgument", "The request is too big.");
      }
      String text = new String(body, StandardCharsets.UTF_8);
      return ContractJson.read(text.isEmpty() ? ifEmpty : text, type);
    } catch (ContractException e) {
      throw new HttpRefusal(400, "InvalidArgument", "The request is refused: " + e.getMessage());
    } catch (IOException e) {
      throw new HttpRefusal(400, "InvalidArgument", "The request could not be read.");
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  /** The port that it listens on. */
  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
