package dev.pgbackup.scenario.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.testkit.Integrity;
import dev.pgbackup.testkit.Journal;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.RecordedTransaction;
import dev.pgbackup.testkit.S3Server;
import dev.pgbackup.testkit.Workload;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transactions of many connections, while backups are taken and the agent is killed and restarted
 * at random; then restores to targets drawn at random.
 *
 * <p>{@code -Dpgbackup.seed} runs what a seed stands for again: what every connection does, what
 * happens to the agent and in which order, and how targets are drawn. How it all interleaves is the
 * machine's.
 */
@DisplayName("B6 W3 T1 T2 T3 T5 T10: random transactions, kills, backups and targets; exact rows")
class RandomRunIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long SEED = Long.getLong("pgbackup.seed", System.nanoTime() % 1_000_000_000);
  private static final int ROUNDS = Integer.getInteger("pgbackup.rounds", 1);
  private static final int EVENTS = 6;
  private static final int RESTORES = 3;

  @TempDir Path temporary;

  private final Random random = new Random(SEED);
  private final PostgresBinaries binaries = anyVersion();
  private S3Server store;
  private PostgresServer server;
  private AgentProgram agent;
  private Sidecar sidecar;

  private PostgresBinaries anyVersion() {
    List<PostgresBinaries> versions = PostgresBinaries.available();
    return versions.get(random.nextInt(versions.size()));
  }

  @BeforeEach
  void protectAServer() {
    System.out.printf("-Dpgbackup.seed=%d, %d rounds, %s%n", SEED, ROUNDS, binaries);
    store = S3Server.s3proxy();
    server =
        PostgresServer.builder(binaries)
            .dataChecksums(true)
            .stockHba()
            .setting("max_prepared_transactions", "20")
            .setting("track_commit_timestamp", "on")
            .create();
    Path root = Path.of("").toAbsolutePath().getParent();
    Layout layout = new Layout(temporary);
    Secrets secrets = new Secrets(layout.secrets());
    agent = new AgentProgram(root.resolve("agent/target/pgbackup"), temporary, layout.logs());
    sidecar = new Sidecar(agent, layout);
    AgentSetup setup = new AgentSetup(server, store, layout, secrets, sidecar.port());
    setup.createRole(root);
    setup.replaceKeys();
    setup.configure(Duration.ofSeconds(1));
    sidecar.start();
    awaitReady();
  }

  @AfterEach
  void stop() {
    agent.close();
    server.close();
    store.close();
  }

  @Test
  void everyRestoreHasExactlyTheRowsThatItsTargetSays() throws Exception {
    Workload workload =
        Workload.on(server).seed(SEED).preparedTransactions().largeObjects().create();
    for (int round = 0; round < ROUNDS; round++) {
      workload.start();
      for (int event = 0; event < EVENTS; event++) {
        happen(workload.journal());
      }
      workload.stop();
      awaitReady();
      awaitDurable();
      for (int i = 0; i < RESTORES; i++) {
        restoreAndCompare(draw(workload.journal()), round + "-" + i);
      }
    }
    assertThat(list().gaps()).as("holes in the archived WAL").isEmpty();
    assertThat(agent.run(List.of("verify")))
        .extracting(AgentProgram.Ended::exitCode)
        .as("verify")
        .isEqualTo(0);
  }

  /** One of the things that happen to an agent and its server, and some transactions after it. */
  private void happen(Journal journal) throws SQLException {
    switch (random.nextInt(6)) {
      case 0, 1 -> askForBackup();
      case 2, 3 -> {
        sidecar.kill();
        sidecar.start();
      }
      case 4 -> {
        sidecar.stop();
        sidecar.start();
      }
      default -> server.execute("CHECKPOINT", "SELECT pg_switch_wal()");
    }
    int wanted = journal.transactions().size() + random.nextInt(50, 500);
    Awaitility.await("transactions")
        .atMost(PATIENCE)
        .until(() -> journal.transactions().size() >= wanted);
  }

  /** An agent that was just started may refuse. */
  private void askForBackup() {
    BackupRequest request = new BackupRequest(ContractJson.VERSION, null, null);
    try {
      sidecar.http().post(Endpoints.BACKUPS, request, BackupProgressStatus.class);
    } catch (IllegalStateException | UncheckedIOException notNow) {
      System.out.println("no backup now: " + notNow.getMessage());
    }
  }

  /** A target, and what the database holds at it. */
  private record Drawn(List<String> options, SortedMap<String, String> expected) {}

  private Drawn draw(Journal journal) {
    RecordedTransaction chosen = anyRestorable(journal);
    String xid = String.valueOf(chosen.xid());
    Instant time = chosen.time().orElseThrow();
    return switch (random.nextInt(6)) {
      case 0 -> new Drawn(List.of("--target-xid", xid), journal.contentsThrough(chosen));
      case 1 ->
          new Drawn(List.of("--target-xid", xid, "--exclusive"), journal.contentsBefore(chosen));
      case 2 ->
          new Drawn(List.of("--target-time", time.toString()), journal.contentsAt(time, true));
      case 3 ->
          new Drawn(
              List.of("--target-time", time.toString(), "--exclusive"),
              journal.contentsAt(time, false));
      case 4 ->
          new Drawn(
              List.of("--target-lsn", new Lsn(chosen.lsnAfter()).toString(), "--exclusive"),
              journal.contentsThrough(chosen));
      default -> new Drawn(List.of("--target-latest"), journal.contents());
    };
  }

  /** A committed transaction that ended after the first backup was consistent. */
  private RecordedTransaction anyRestorable(Journal journal) {
    List<BackupDocument> backups = list().backups();
    long consistent = Lsn.parse(backups.get(backups.size() - 1).endLsn()).value();
    List<RecordedTransaction> restorable =
        journal.transactions().stream()
            .filter(RecordedTransaction::isCommitted)
            .filter(transaction -> transaction.lsnBefore() >= consistent)
            .toList();
    return restorable.get(random.nextInt(restorable.size()));
  }

  private void restoreAndCompare(Drawn drawn, String name) throws SQLException {
    List<String> command = new ArrayList<>(List.of("restore"));
    command.addAll(drawn.options());
    command.addAll(List.of("--target-dir", name, "--purpose", "clone"));
    command.addAll(List.of("--postgres-bin", binaries.binDirectory().toString()));
    System.out.println("pgbackup " + String.join(" ", command));

    AgentProgram.Ended ended = agent.run(command);

    assertThat(ended.exitCode()).as(ended.messages()).isEqualTo(0);
    try (PostgresServer copy =
            PostgresServer.builder(binaries)
                .dataDirectory(temporary.resolve(name))
                .password(server.password())
                .build()
                .start();
        Connection connection = copy.connect()) {
      assertThat(Workload.contents(connection))
          .as("-Dpgbackup.seed=%d, %s", SEED, drawn.options())
          .isEqualTo(drawn.expected());
      assertThat(Workload.isSequenceAhead(connection)).isTrue();
      assertThat(Integrity.check(copy)).isEmpty();
    }
  }

  private BackupList list() {
    return ContractJson.read(agent.run(List.of("list", "-o", "json")).output(), BackupList.class);
  }

  private void awaitReady() {
    Awaitility.await("ready")
        .atMost(PATIENCE)
        .until(() -> sidecar.status().map(AgentStatus::ready).orElse(false));
  }

  /** Waits until the bucket has all that the server has made durable. */
  private void awaitDurable() throws SQLException {
    Lsn written = Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
    Awaitility.await("durable up to " + written)
        .atMost(PATIENCE)
        .until(
            () ->
                sidecar
                    .status()
                    .map(status -> status.archiving().durableLsn())
                    .map(durable -> !Lsn.parse(durable).isBefore(written))
                    .orElse(false));
  }
}
