package dev.pgbackup.bench.whole;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.engine.postgres.Lsn;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A sidecar that runs, and what it says about itself. */
final class Sidecar implements AutoCloseable {

  private static final String NAME = "pgbackup-sidecar";
  private static final long EVERY_MILLIS = 50;
  private static final long GRACE_SECONDS = 30;

  private final Programs programs;
  private final Process process;
  private final Peak peak;
  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private Sidecar(Programs programs, Process process, URI base) {
    this.programs = programs;
    this.process = process;
    this.peak = new Peak(process);
    this.base = base;
  }

  static Sidecar start(Programs programs, List<String> command, int port) {
    return new Sidecar(
        programs, programs.start(NAME, command, Map.of()), URI.create("http://127.0.0.1:" + port));
  }

  Process process() {
    return process;
  }

  /** The most bytes of memory so far. */
  long peakRss() {
    return peak.bytes();
  }

  /** Waits until WAL is archived as it is written. */
  void awaitStreaming() {
    await(status -> status.archiving().state() == ArchivingStatus.State.Streaming);
  }

  /** Waits until everything before a position is durable. */
  void awaitDurable(long position) {
    await(status -> durable(status) >= position);
  }

  private void await(Predicate<AgentStatus> wanted) {
    while (!status().filter(wanted).isPresent()) {
      pause();
    }
  }

  /** The position before which all WAL is durable; -1 while nothing is known. */
  long durable() {
    return status().map(Sidecar::durable).orElse(-1L);
  }

  private static long durable(AgentStatus status) {
    String position = status.archiving().durableLsn();
    return position == null ? -1 : Lsn.parse(position).value();
  }

  /** Has a backup taken, and waits until it is complete. */
  void backup() {
    BackupProgressStatus backup =
        ContractJson.read(
            send(
                HttpRequest.newBuilder(base.resolve(Endpoints.BACKUPS))
                    .header("Content-Type", "application/json")
                    .POST(
                        BodyPublishers.ofString(
                            ContractJson.write(
                                new BackupRequest(ContractJson.VERSION, null, null))))),
            BackupProgressStatus.class);
    URI request = base.resolve(Endpoints.BACKUP_REQUESTS + backup.requestId());
    while (!backup.phase().isLast()) {
      pause();
      backup =
          ContractJson.read(
              send(HttpRequest.newBuilder(request).GET()), BackupProgressStatus.class);
    }
    if (backup.phase() != BackupProgressStatus.Phase.Completed) {
      throw new IllegalStateException("the backup failed: " + backup.failure());
    }
  }

  private Optional<AgentStatus> status() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the sidecar has ended:\n" + programs.said(NAME));
    }
    try {
      return Optional.of(
          ContractJson.read(
              answer(HttpRequest.newBuilder(base.resolve(Endpoints.STATUS)).GET()).body(),
              AgentStatus.class));
    } catch (IOException notYet) {
      return Optional.empty();
    }
  }

  private String send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer = answer(request);
      if (answer.statusCode() >= 300) {
        throw new IllegalStateException("the sidecar answers " + answer.body());
      }
      return answer.body();
    } catch (IOException failure) {
      throw new IllegalStateException("the sidecar does not answer", failure);
    }
  }

  private HttpResponse<String> answer(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
    } catch (InterruptedException stop) {
      throw Programs.interrupted(stop);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
    } catch (InterruptedException stop) {
      throw Programs.interrupted(stop);
    }
  }

  /** Asks it to end, and waits until it has. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException stop) {
      process.destroyForcibly();
      throw Programs.interrupted(stop);
    }
  }
}
