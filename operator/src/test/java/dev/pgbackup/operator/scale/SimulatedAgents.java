package dev.pgbackup.operator.scale;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * One server that is every agent: each has an address of its own out of 127.0.0.0/8, by which it is
 * told from the others. It counts how many calls there were, and the most at one time.
 */
final class SimulatedAgents implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final LongAdder calls = new LongAdder();
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /**
   * Starts.
   *
   * @param status what an agent answers, by its IP address
   * @param backups the same
   */
  SimulatedAgents(Function<String, Object> status, Function<String, Object> backups)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(0), 0);
    server.setExecutor(threads);
    server.createContext(Endpoints.STATUS, exchange -> answer(exchange, status));
    server.createContext(Endpoints.BACKUPS, exchange -> answer(exchange, backups));
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  long calls() {
    return calls.sum();
  }

  int mostAtOneTime() {
    return most.get();
  }

  private void answer(HttpExchange exchange, Function<String, Object> document) throws IOException {
    calls.increment();
    most.accumulateAndGet(now.incrementAndGet(), Math::max);
    try (exchange) {
      String ip = exchange.getRequestHeaders().getFirst("Host").split(":")[0];
      byte[] body = ContractJson.write(document.apply(ip)).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } finally {
      now.decrementAndGet();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
