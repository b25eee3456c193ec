package dev.pgbackup.operator.agent;

import dev.pgbackup.contract.ContractException;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.AgentToken;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.restore.RestoreStatus;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.contract.status.Pause;
import dev.pgbackup.contract.status.PauseRequest;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.contract.status.SwapRequest;
import dev.pgbackup.operator.OperatorSettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Asks agents and restore jobs. Every call is bounded in time and in what it reads: the other side
 * runs in a namespace that is not ours.
 *
 * <p>All methods throw {@link AgentUnreachable} where there was no understandable answer, and
 * {@link AgentRefused} where the answer was no.
 */
@Singleton
public final class AgentClient {

  private static final int LARGEST_ANSWER = 16 << 20;

  /** In a cluster a connection takes milliseconds; one packet may get lost. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private static final Duration TOKEN_LIFE = AgentToken.LONGEST.dividedBy(5);

  private final HttpClient http;
  private final OperatorKeys keys;
  private final Clock clock;
  private final Duration timeout;

  public AgentClient(OperatorKeys keys, Clock clock, OperatorSettings settings) {
    this.keys = keys;
    this.clock = clock;
    this.timeout = settings.polling().timeout();
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
  }

  /** How the agent is. */
  public AgentStatus status(AgentAddress agent) {
    return read(send(get(agent, Endpoints.STATUS)), AgentStatus.class);
  }

  /** How far a restore job is. */
  public RestoreStatus restoreStatus(AgentAddress job) {
    return read(send(get(job, Endpoints.STATUS)), RestoreStatus.class);
  }

  /** The published backups. */
  public BackupList backups(AgentAddress agent) {
    return read(send(get(agent, Endpoints.BACKUPS)), BackupList.class);
  }

  /** What a restore would do. */
  public PlanDocument plan(AgentAddress agent, PlanRequest request) {
    // The index of a long window may have to be read for it.
    HttpRequest call =
        post(agent, Endpoints.PLAN, request).timeout(timeout.multipliedBy(6)).build();
    return read(send(call), PlanDocument.class);
  }

  /**
   * Asks for a backup; asked again with the same id, nothing new is begun.
   *
   * @param audience of the agent's tokens
   */
  public BackupProgressStatus requestBackup(
      AgentAddress agent, String audience, BackupRequest request) {
    return read(
        send(signed(post(agent, Endpoints.BACKUPS, request), audience).build()),
        BackupProgressStatus.class);
  }

  /** How far a backup is that was asked for; nothing if the agent knows no such request. */
  public Optional<BackupProgressStatus> backupRequest(AgentAddress agent, String id) {
    try {
      return Optional.of(
          read(send(get(agent, Endpoints.BACKUP_REQUESTS + id)), BackupProgressStatus.class));
    } catch (AgentRefused e) {
      if (e.status() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Has everything made durable, and the agent let go of its server, which is stopped next.
   *
   * @param audience of the agent's tokens
   */
  public SwapPreparation prepareSwap(AgentAddress agent, String audience) {
    return read(
        send(
            signed(
                    post(
                        agent,
                        Endpoints.PREPARE_SWAP,
                        new SwapRequest(ContractJson.VERSION, null, PauseRequest.LONGEST_SECONDS)),
                    audience)
                .timeout(timeout.multipliedBy(24))
                .build()),
        SwapPreparation.class);
  }

  /** Until when an agent begins nothing by itself. */
  public Pause pause(AgentAddress agent) {
    return read(send(get(agent, Endpoints.PAUSE)), Pause.class);
  }

  /**
   * Has an agent begin no backup and delete none by itself for a while.
   *
   * @param audience of the agent's tokens
   */
  public void pause(AgentAddress agent, String audience, int seconds) {
    send(
        signed(
                post(agent, Endpoints.PAUSE, new PauseRequest(ContractJson.VERSION, seconds)),
                audience)
            .build());
  }

  /** Ends {@link #pause(AgentAddress, String, int)} and {@link #prepareSwap}. */
  public void resume(AgentAddress agent, String audience) {
    send(signed(post(agent, Endpoints.RESUME, Map.of()), audience).build());
  }

  private HttpRequest get(AgentAddress agent, String path) {
    return HttpRequest.newBuilder(agent.at(path)).timeout(timeout).GET().build();
  }

  private HttpRequest.Builder post(AgentAddress agent, String path, Object document) {
    return HttpRequest.newBuilder(agent.at(path))
        .timeout(timeout)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(ContractJson.write(document)));
  }

  private HttpRequest.Builder signed(HttpRequest.Builder call, String audience) {
    return call.header(
        "Authorization", "Bearer " + keys.get().token(audience, clock.instant().plus(TOKEN_LIFE)));
  }

  private String send(HttpRequest call) {
    try {
      HttpResponse<InputStream> answer = http.send(call, BodyHandlers.ofInputStream());
      String body = body(call, answer.body());
      if (answer.statusCode() / 100 == 2) {
        return body;
      }
      throw refused(call, answer.statusCode(), body);
    } catch (IOException e) {
      throw new AgentUnreachable("%s does not answer: %s".formatted(call.uri(), describe(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentUnreachable("interrupted while asking " + call.uri(), e);
    }
  }

  private static String body(HttpRequest call, InputStream stream) throws IOException {
    try (stream) {
      byte[] bytes = stream.readNBytes(LARGEST_ANSWER + 1);
      if (bytes.length > LARGEST_ANSWER) {
        throw new AgentUnreachable(
            "%s answers with more than %d bytes".formatted(call.uri(), LARGEST_ANSWER), null);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static RuntimeException refused(HttpRequest call, int status, String body) {
    try {
      return new AgentRefused(status, ContractJson.read(body, Refusal.class));
    } catch (ContractException e) {
      return new AgentUnreachable(
          "%s answers with HTTP status %d".formatted(call.uri(), status), e);
    }
  }

  private static <T> T read(String body, Class<T> type) {
    try {
      return ContractJson.read(body, type);
    } catch (ContractException e) {
      throw new AgentUnreachable("the agent's answer is not understood: " + e.getMessage(), e);
    }
  }

  private static String describe(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
