package dev.pgbackup.agent.job;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pgbackup.agent.config.ListenAddress;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Answers {@code GET /status} while a job runs. */
final class StatusServer implements AutoCloseable {

  private final HttpServer server;

  private StatusServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Begins to listen.
   *
   * @throws EngineException {@code HostFailure}, if the address cannot be had
   */
  static StatusServer start(String listen, Supplier<Object> status) {
    ListenAddress address = ListenAddress.parse(listen);
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
      server.createContext(Endpoints.HEALTHZ, exchange -> answer(exchange, "text/plain", "ok\n"));
      server.createContext(
          Endpoints.STATUS,
          exchange -> answer(exchange, "application/json", ContractJson.write(status.get())));
      server.start();
      return new StatusServer(server);
    } catch (IOException e) {
      throw new EngineException(
          Reason.HostFailure,
          "Nobody can listen on " + listen + " (" + e.getMessage() + "). Change http.listen.",
          e);
    }
  }

  private static void answer(HttpExchange exchange, String type, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
