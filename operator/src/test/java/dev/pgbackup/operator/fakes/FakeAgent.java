package dev.pgbackup.operator.fakes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An agent that answers what a test tells it to, and remembers what it was asked. */
public final class FakeAgent implements AutoCloseable {

  /** A call that arrived. */
  public record Call(String method, String path, String body, @Nullable String token) {}

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();

  public FakeAgent() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  public String ip() {
    return "127.0.0.1";
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public void answers(String method, String path, Object document) {
    answers.put(method + " " + path, new Answer(200, ContractJson.write(document)));
  }

  public void refuses(String method, String path, int status, String reason, String message) {
    answers.put(
        method + " " + path,
        new Answer(status, ContractJson.write(new Refusal(1, reason, message, 3))));
  }

  /** What a proxy says in its place. */
  public void isAway(String method, String path) {
    answers.put(method + " " + path, new Answer(502, "bad gateway"));
  }

  public List<Call> calls(String method, String path) {
    return calls.stream()
        .filter(call -> call.method().equals(method) && call.path().equals(path))
        .toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    calls.add(
        new Call(
            exchange.getRequestMethod(),
            path,
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
            authorization == null ? null : authorization.replaceFirst("^Bearer ", "")));
    Answer answer =
        answers.getOrDefault(
            exchange.getRequestMethod() + " " + path,
            new Answer(404, ContractJson.write(new Refusal(1, "NotFound", "no such thing", 2))));
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
