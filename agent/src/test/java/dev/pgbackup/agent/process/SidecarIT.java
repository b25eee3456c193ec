package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.report.FindDocument;
import dev.pgbackup.contract.report.PruneDocument;
import dev.pgbackup.contract.report.VerifyDocument;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.engine.postgres.control.ClusterState;
import dev.pgbackup.engine.postgres.control.ControlFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A sidecar beside a plain PostgreSQL")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SidecarIT {

  private Master master;

  @BeforeAll
  void begin(@TempDir Path folder) {
    master = new Master(folder);
    master.startSidecar();
    master.awaitReady();
  }

  @AfterAll
  void end() {
    master.close();
  }

  @Test
  @DisplayName("rows 3 and 4: makes its slot, streams, takes the first backup, and says so")
  void firstSteps() {
    AgentStatus status = master.awaitReady();

    assertThat(status.archiving().state()).isEqualTo(State.Streaming);
    assertThat(status.archiving().slotName()).isEqualTo("pgbackup");
    assertThat(status.archiving().retainedBytes()).isNotNegative();
    assertThat(master.query("SELECT slot_name || ' ' || wal_status FROM pg_replication_slots"))
        .isEqualTo("pgbackup reserved");
    assertThat(status.lastBackup()).isNotNull();
    assertThat(status.nextBackupTime()).isAfter(status.startedAt());
    assertThat(status.database().timeline()).isEqualTo(1);
    assertThat(status.database().systemIdentifier())
        .isEqualTo(master.query("SELECT system_identifier FROM pg_control_system()"));
    assertThat(status.problems()).isEmpty();
    assertThat(status.configHash()).hasSize(64);
  }

  @Test
  @DisplayName("row 7: its backups are listed, and what can be restored")
  void list() {
    BackupList list = json(BackupList.class, "list", "-o", "json");

    assertThat(list.archiveId()).isEqualTo(master.awaitReady().archiveId());
    assertThat(list.majorVersion()).isEqualTo(16);
    assertThat(list.liveTimeline()).isEqualTo(1);
    BackupDocument first = list.backups().get(list.backups().size() - 1);
    assertThat(first.origin()).isEqualTo("Initial");
    assertThat(first.totalBytes()).isGreaterThan(10 << 20);
    assertThat(list.recoveryWindows())
        .singleElement()
        .satisfies(
            window -> {
              assertThat(window.contiguous()).isTrue();
              assertThat(window.fromLsn()).isEqualTo(first.endLsn());
            });
    assertThat(master.program().run("list").out())
        .contains(first.backupId())
        .contains("growing")
        .doesNotContain("\u001b");
    assertThat(ContractJson.read(master.get(Endpoints.BACKUPS).body(), BackupList.class).backups())
        .contains(first);
  }

  @Test
  @DisplayName("rows 5, 6 and 9: a transaction is found by its number, seconds after its commit")
  void plan() throws Exception {
    master.execute("CREATE TABLE IF NOT EXISTS kept (n int)");
    String xid = transaction("INSERT INTO kept VALUES (1)");
    master.awaitDurable();

    PlanDocument plan = json(PlanDocument.class, "plan", "--target-xid", xid, "-o", "json");

    assertThat(plan.targetXid()).isEqualTo(xid);
    assertThat(plan.timeline()).isEqualTo(1);
    assertThat(plan.serverVersion()).startsWith("16.");
    assertThat(
            ContractJson.read(
                master.post(Endpoints.PLAN, "{\"target\":{\"xid\":\"" + xid + "\"}}").body(),
                PlanDocument.class))
        .isEqualTo(plan);
    assertThat(master.program().run("plan", "--target-xid", xid).out())
        .contains("transaction " + xid + ", inclusive")
        .contains(plan.backupId());
  }

  @Test
  @DisplayName(
      "T6 a target that cannot be reached is refused, with the reason and what is possible")
  void refused() {
    Program.Ended ended =
        master.program().run("plan", "--target-time", "2001-01-01T00:00:00Z", "-o", "json");

    assertThat(ended.exitCode()).isEqualTo(3);
    Refusal refusal = ContractJson.read(ended.out(), Refusal.class);
    assertThat(refusal.reason()).isEqualTo("TargetBeforeWindow");
    assertThat(
            master
                .post(Endpoints.PLAN, "{\"target\":{\"time\":\"2001-01-01T00:00:00Z\"}}")
                .statusCode())
        .isEqualTo(422);
  }

  @Test
  @DisplayName("finds when a table and a database were dropped, and the target just before")
  void find() throws Exception {
    master.execute("CREATE TABLE mistake AS SELECT 1 AS n", "CREATE DATABASE doomed");
    String file = master.query("SELECT pg_relation_filenode('mistake')");
    String oid = master.query("SELECT oid FROM pg_database WHERE datname = 'doomed'");
    String xid = transaction("DROP TABLE mistake");
    master.execute("DROP DATABASE doomed", "SELECT pg_create_restore_point('after')");
    master.awaitDurable();

    FindDocument.Event dropped =
        json(FindDocument.class, "find", "--dropped", "table", "-o", "json").events().stream()
            .filter(event -> xid.equals(event.xid()))
            .findFirst()
            .orElseThrow();
    assertThat(dropped.droppedFiles()).anyMatch(path -> path.endsWith("/" + file));
    assertThat(dropped.exclusiveTarget()).isEqualTo("--target-xid " + xid + " --exclusive");
    assertThat(json(FindDocument.class, "find", "--dropped", "database", "-o", "json").events())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.database()).isEqualTo(Long.parseLong(oid));
              List<String> target =
                  Stream.concat(
                          Stream.of("plan", "-o", "json"),
                          Stream.of(event.exclusiveTarget().split(" ")))
                      .toList();
              assertThat(master.program().run(target.toArray(String[]::new)).exitCode()).isZero();
            });
    assertThat(
            json(FindDocument.class, "find", "--xid", xid, "--around", "1", "-o", "json").events())
        .hasSize(3)
        .satisfiesExactly(
            before -> assertThat(before.match()).isFalse(),
            match -> assertThat(match.xid()).isEqualTo(xid),
            after -> assertThat(after.match()).isFalse());
    assertThat(json(FindDocument.class, "find", "--name", "after", "-o", "json").events())
        .singleElement()
        .satisfies(event -> assertThat(event.kind()).isEqualTo("RestorePoint"));
    assertThat(master.program().run("find", "--dropped", "table").out()).contains(xid);
  }

  @Test
  @DisplayName("C2 takes a backup when it is asked to, which uses what the archive has")
  void onDemand() {
    BackupDocument backup = json(BackupDocument.class, "backup", "-o", "json");

    assertThat(backup.origin()).isEqualTo("Manual");
    assertThat(backup.newBytes()).isLessThan(backup.totalBytes() / 2);
    assertThat(backup.references()).isNotEmpty();
    AgentStatus status =
        master.await(
            "the backup is in the status",
            s -> s.lastBackup() != null && s.lastBackup().backupId().equals(backup.backupId()));
    assertThat(status.currentBackup()).isNull();
    VerifyDocument verified = json(VerifyDocument.class, "verify", "--window", "-o", "json");
    assertThat(verified.clean()).isTrue();
    assertThat(verified.backups()).contains(backup.backupId());
  }

  @Test
  @DisplayName("row 10: a restore that pauses shows the rows of its target, and asks on a terminal")
  void pause() throws Exception {
    String xid = transaction("CREATE TABLE seen AS SELECT 42 AS n");
    master.awaitDurable();
    Path directory = master.folder().resolve("paused");
    String[] restore = {
      "restore",
      "--target-xid",
      xid,
      "--purpose",
      "clone",
      "--action",
      "pause",
      "--target-dir",
      directory.toString(),
      "--postgres-bin",
      master.server().binaries().binDirectory().toString()
    };
    Program.Ended nobodyToAsk = master.program().run(restore);
    assertThat(nobodyToAsk.exitCode()).isEqualTo(2);
    assertThat(nobodyToAsk.err()).contains("no terminal to ask on");
    assertThat(directory).doesNotExist();

    Path screen = master.folder().resolve("screen");
    Process running = master.program().startOnTerminal(screen, restore);
    try {
      Awaitility.await()
          .atMost(Master.PATIENCE)
          .until(() -> Program.read(screen).contains("Promote it?") || !running.isAlive());
      assertThat(lookAs(Program.read(screen), "SELECT n FROM seen")).isEqualTo("42");
      running.getOutputStream().write("y\n".getBytes(StandardCharsets.US_ASCII));
      running.getOutputStream().flush();
      assertThat(running.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      running.destroyForcibly();
    }
    assertThat(running.exitValue()).as(Program.read(screen)).isZero();
    assertThat(ControlFile.of(directory).state()).isEqualTo(ClusterState.SHUT_DOWN);
  }

  /** Asks the server that waits, as the screen says how. */
  private static String lookAs(String screen, String query) throws SQLException {
    Matcher told = Pattern.compile("psql -h (\\S+) -p (\\d+) -U (\\S+) (\\S+)").matcher(screen);
    assertThat(told.find()).as(screen).isTrue();
    String url = "jdbc:postgresql://" + told.group(1) + ":" + told.group(2) + "/" + told.group(4);
    try (Connection connection =
            DriverManager.getConnection(url.strip(), told.group(3), "no password");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  @DisplayName("R1 deletes nothing that is needed, and says why everything stays")
  void prune() {
    PruneDocument plan =
        json(
            PruneDocument.class,
            "prune",
            "--dry-run",
            "--recovery-window",
            "1s",
            "--min-backups",
            "1",
            "-o",
            "json");

    assertThat(plan.dryRun()).isTrue();
    assertThat(plan.done()).isNull();
    assertThat(plan.backups()).isNotEmpty().anyMatch(decision -> !decision.delete());
    assertThat(plan.backups()).allSatisfy(decision -> assertThat(decision.why()).isNotBlank());
    assertThat(json(BackupList.class, "list", "-o", "json").backups())
        .hasSameSizeAs(plan.backups());
    assertThat(json(PruneDocument.class, "prune", "-o", "json").done().backups()).isZero();
  }

  @Test
  @DisplayName("makes what was written durable when it is asked to")
  void flush() {
    master.execute("CREATE TABLE IF NOT EXISTS kept (n int)", "INSERT INTO kept VALUES (2)");
    String written = master.query("SELECT pg_current_wal_flush_lsn()");

    FlushResult result =
        ContractJson.read(master.post(Endpoints.FLUSH, "{}").body(), FlushResult.class);

    assertThat(
            master.query(
                "SELECT '" + result.durableLsn() + "'::pg_lsn >= '" + written + "'::pg_lsn"))
        .isEqualTo("t");
  }

  @Test
  @DisplayName("has numbers for Prometheus")
  void metrics() {
    String page = master.get(Endpoints.METRICS).body();

    assertThat(page)
        .contains("pgbackup_ready 1.0")
        .contains("pgbackup_wal_durable_lsn_bytes ")
        .contains("pgbackup_base_bytes ")
        .contains("pgbackup_store_calls_seconds_count{operation=\"put\"}")
        .contains("jvm_memory_used_bytes");
  }

  @Test
  @DisplayName("tells a person how it is")
  void status() {
    Program.Ended ended = master.program().run("status");

    assertThat(ended.exitCode()).isZero();
    assertThat(ended.out()).contains("Streaming").contains("pgbackup, reserved");
    assertThat(json(AgentStatus.class, "status", "-o", "json").ready()).isTrue();
  }

  private <T> T json(Class<T> type, String... arguments) {
    Program.Ended ended = master.program().run(arguments);
    assertThat(ended.exitCode()).as(ended.err() + ended.out()).isZero();
    return ContractJson.read(ended.out(), type);
  }

  /** Runs a statement in a transaction, and returns the number of that. */
  private String transaction(String statement) throws SQLException {
    try (Connection connection = master.server().connect();
        Statement sql = connection.createStatement()) {
      connection.setAutoCommit(false);
      sql.execute(statement);
      try (ResultSet row = sql.executeQuery("SELECT txid_current()")) {
        row.next();
        String xid = row.getString(1);
        connection.commit();
        return xid;
      }
    }
  }
}
