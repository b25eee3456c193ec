package dev.pgbackup.agent.client;

import dev.pgbackup.agent.config.ListenAddress;
import dev.pgbackup.contract.ContractException;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.config.HttpConfig;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The sidecar of a configuration, asked over HTTP from the same host. */
public final class SidecarClient {

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final String ANY_IPV4 = "0.0.0.0";
  private static final String ANY_IPV6 = "::";

  /** An answer. */
  private record Answer(int status, String body) {}

  private final URI base;

  private SidecarClient(URI base) {
    this.base = base;
  }

  /** The sidecar, if it is configured to listen. Whether it runs is not known yet. */
  public static Optional<SidecarClient> of(HttpConfig config) {
    if (config.listen().isEmpty()) {
      return Optional.empty();
    }
    ListenAddress address = ListenAddress.parse(config.listen());
    String host =
        address.host().equals(ANY_IPV4)
            ? "127.0.0.1"
            : address.host().equals(ANY_IPV6) ? "::1" : address.host();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return Optional.of(new SidecarClient(URI.create("http://" + shown + ":" + address.port())));
  }

  public URI address() {
    return base;
  }

  /** What it says about itself; empty if nobody answers. */
  public Optional<AgentStatus> status() {
    try {
      Answer answer = call("GET", Endpoints.STATUS, null);
      return answer.status() == 200
          ? Optional.of(ContractJson.read(answer.body(), AgentStatus.class))
          : Optional.empty();
    } catch (IOException | ContractException e) {
      return Optional.empty();
    }
  }

  /**
   * Asks for a backup.
   *
   * @return empty if this host may not ask for one, because tokens are needed
   * @throws EngineException with the reason for which it is refused
   */
  public Optional<BackupProgressStatus> requestBackup() {
    Answer answer =
        required(
            "POST",
            Endpoints.BACKUPS,
            ContractJson.write(new BackupRequest(ContractJson.VERSION, null, null)));
    if (answer.status() == 401 || answer.status() == 403) {
      return Optional.empty();
    }
    return Optional.of(document(answer, BackupProgressStatus.class));
  }

  /** How a request is getting on. */
  public BackupProgressStatus backupRequest(String id) {
    return document(
        required("GET", Endpoints.BACKUP_REQUESTS + id, null), BackupProgressStatus.class);
  }

  private Answer required(String method, String path, @Nullable String body) {
    try {
      return call(method, path, body);
    } catch (IOException e) {
      throw new EngineException(
          Reason.HostFailure,
          "The sidecar at " + base + " does not answer any more (" + e.getMessage() + ").",
          e);
    }
  }

  private static <T> T document(Answer answer, Class<T> type) {
    try {
      if (answer.status() >= 200 && answer.status() < 300) {
        return ContractJson.read(answer.body(), type);
      }
      throw refused(ContractJson.read(answer.body(), Refusal.class));
    } catch (ContractException e) {
      throw new EngineException(
          Reason.HostFailure, "What answers is no sidecar: " + e.getMessage() + ".", e);
    }
  }

  private static EngineException refused(Refusal refusal) {
    return new EngineException(reason(refusal.reason()), refusal.message());
  }

  /** A reason by its name, also one that a newer sidecar has. */
  public static Reason reason(String name) {
    for (Reason known : Reason.values()) {
      if (known.name().equals(name)) {
        return known;
      }
    }
    return Reason.HostFailure;
  }

  private Answer call(String method, String path, @Nullable String body) throws IOException {
    URL url = base.resolve(path).toURL();
    HttpURLConnection connection = (HttpURLConnection) url.openConnection(java.net.Proxy.NO_PROXY);
    connection.setConnectTimeout((int) CONNECT.toMillis());
    connection.setReadTimeout((int) ANSWER.toMillis());
    connection.setRequestMethod(method);
    try {
      if (body != null) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
      }
      int status = connection.getResponseCode();
      try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(status, text);
      }
    } finally {
      connection.disconnect();
    }
  }
}
