package dev.pgbackup.scenario.local;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** The sidecar's HTTP server, asked from the same host. */
final class AgentHttp {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final URI base;

  AgentHttp(int port) {
    base = URI.create("http://127.0.0.1:" + port);
  }

  URI uri(String path) {
    return base.resolve(path);
  }

  <T> T get(String path, Class<T> type) {
    HttpResponse<String> answer = send(HttpRequest.newBuilder(uri(path)).GET());
    return document(path, answer, type);
  }

  /** The body of an answer as it is. */
  String text(String path) {
    return send(HttpRequest.newBuilder(uri(path)).GET()).body();
  }

  <T> T post(String path, Object body, Class<T> type) {
    return document(path, send(posted(path, body)), type);
  }

  /** The refusal that a call ends with. */
  Refusal refusal(String path, Object body) {
    HttpResponse<String> answer = send(posted(path, body));
    if (answer.statusCode() < 400) {
      throw new IllegalStateException(path + " was not refused: " + answer.body());
    }
    return ContractJson.read(answer.body(), Refusal.class);
  }

  /** A document, if there is somebody to ask and it can be had. */
  <T> Optional<T> ask(String path, Class<T> type) {
    try {
      return Optional.of(get(path, type));
    } catch (UncheckedIOException | IllegalStateException notNow) {
      return Optional.empty();
    }
  }

  private HttpRequest.Builder posted(String path, Object body) {
    return HttpRequest.newBuilder(uri(path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(ContractJson.write(body)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the agent", stop);
    }
  }

  private static <T> T document(String path, HttpResponse<String> answer, Class<T> type) {
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(
          path + " answers " + answer.statusCode() + ": " + answer.body());
    }
    return ContractJson.read(answer.body(), type);
  }
}
