package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("In its life, a sidecar")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SidecarLifeIT {

  private Path folder;
  private Master master;

  @BeforeAll
  void begin(@TempDir Path directory) {
    folder = directory;
    master = new Master(folder);
  }

  @BeforeEach
  void asInTheBeginning() {
    master.configure("");
    master.password("first-password-8d1f");
  }

  @AfterEach
  void stopSidecar() {
    master.stopSidecar();
  }

  @AfterAll
  void end() {
    master.close();
  }

  @Test
  @DisplayName(
      "ends in order within ten seconds of SIGTERM, and the next one goes on without a gap")
  void sigterm() throws Exception {
    Process first = master.startSidecar();
    master.awaitReady();
    master.execute("CREATE TABLE IF NOT EXISTS t AS SELECT generate_series(1, 10000)");
    String written = master.query("SELECT pg_current_wal_flush_lsn()");

    first.destroy();

    assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(first.exitValue()).isZero();
    assertThat(master.query("SELECT '" + durable() + "'::pg_lsn >= '" + written + "'::pg_lsn"))
        .isEqualTo("t");
    assertThat(master.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'pgbackup'"))
        .isEqualTo("0");
    master.execute("INSERT INTO t SELECT generate_series(1, 10000)");
    master.startSidecar();
    AgentStatus status = master.awaitDurable();
    assertThat(status.gaps()).isEmpty();
    assertThat(master.program().run("verify", "--window").exitCode()).isZero();
  }

  @Test
  @DisplayName(
      "B6 asked to end in the middle of a backup, ends in time and leaves nothing half published")
  void sigtermDuringBackup() throws Exception {
    master.startSidecar();
    master.awaitReady();
    List<BackupDocument> before = master.backups();
    master.configure("baseBackup: {maxRate: 1Mi}\n");
    master.await("slow", s -> s.configHash().equals(sha256(master.configuration())));
    assertThat(master.post(Endpoints.BACKUPS, "{\"requestId\":\"cut\"}").statusCode())
        .isEqualTo(202);
    master.await(
        "it copies",
        s ->
            s.currentBackup() != null
                && s.currentBackup().bytesDone() != null
                && s.currentBackup().bytesDone() > 0);

    master.sidecar().destroy();

    assertThat(master.sidecar().waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(master.sidecar().exitValue()).isZero();
    assertThat(master.backups()).isEqualTo(before);
    master.configure("");
    master.startSidecar();
    master.awaitReady();
    assertThat(master.get(Endpoints.BACKUP_REQUESTS + "cut").statusCode()).isEqualTo(404);
    assertThat(master.program().run("backup").exitCode()).isZero();
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The end of what can be restored, as the archive has it. */
  private String durable() {
    PlanDocument plan =
        ContractJson.read(
            master.program().run("plan", "--target-latest", "-o", "json").out(),
            PlanDocument.class);
    return plan.targetLsn();
  }

  @Test
  @DisplayName("W3 killed at any time goes on without a gap")
  void killed() throws Exception {
    master.startSidecar();
    master.awaitReady();
    for (int i = 0; i < 3; i++) {
      master.execute("CREATE TABLE killed" + i + " AS SELECT generate_series(1, 100000)");
      master.sidecar().destroyForcibly().waitFor();
      master.execute("INSERT INTO killed" + i + " SELECT generate_series(1, 100000)");
      master.startSidecar();
    }

    AgentStatus status = master.awaitDurable();

    assertThat(status.gaps()).isEmpty();
    assertThat(master.program().run("verify", "--window").exitCode()).isZero();
  }

  @Test
  @DisplayName(
      "row 2: works with a changed configuration without a restart, and keeps the old one when the new one is wrong")
  void reload() {
    Process process = master.startSidecar();
    AgentStatus before = master.awaitReady();

    master.configure("wal: {flushInterval: 2s}\nbaseBackup: {schedule: \"0 3 * * *\"}\n");
    AgentStatus changed =
        master.await("the change is live", s -> !s.configHash().equals(before.configHash()));
    master.awaitDurable();
    assertThat(changed.nextBackupTime()).isNotEqualTo(before.nextBackupTime());

    master.configure("retention: {recoveryWindow: soon}\n");
    AgentStatus refused = master.await("the wrong one is refused", s -> s.configError() != null);
    assertThat(refused.configHash()).isEqualTo(changed.configHash());
    assertThat(refused.configError()).contains("retention.recoveryWindow").contains("line ");
    assertThat(refused.problems())
        .anyMatch(problem -> problem.reason().equals("ConfigurationInvalid"));
    master.awaitDurable();

    master.configure("log: {level: debug}\n");
    AgentStatus right =
        master.await("a right one again", s -> s.configError() == null && s.problems().isEmpty());
    assertThat(right.startedAt()).isEqualTo(before.startedAt());
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  @DisplayName("S2 takes up new keys and a new password, and loses nothing meanwhile")
  void rotated() {
    master.startSidecar();
    master.awaitReady();

    master.store().rotateKeys();
    master.keys();
    master.password("second-password-77aa");
    master.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pgbackup'",
        "CREATE TABLE rotated AS SELECT generate_series(1, 1000)");

    AgentStatus status = master.awaitDurable();
    assertThat(status.gaps()).isEmpty();
    assertThat(master.program().run("backup").exitCode()).isZero();
  }

  @Test
  @DisplayName(
      "C16 shows no secret: not in its log, its status, its metrics, its arguments, its environment, the archive")
  void secrets() throws Exception {
    master.configure("log: {format: json, level: debug}\n");
    Process process = master.startSidecar();
    master.awaitReady();
    master.password("wrong-password-0c3d");
    master.execute("ALTER ROLE pgbackup PASSWORD 'another-password-11ee'");
    master.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pgbackup'");
    master.await(
        "refused",
        s ->
            s.archiving().lastError() != null
                && s.archiving().lastError().reason().equals("AuthenticationFailed"));

    List<String> visible = new ArrayList<>();
    visible.add(master.get(Endpoints.STATUS).body());
    visible.add(master.get(Endpoints.METRICS).body());
    visible.add(Program.read(master.log()));
    Path proc = Path.of("/proc", String.valueOf(process.pid()));
    visible.add(new String(Files.readAllBytes(proc.resolve("cmdline")), StandardCharsets.UTF_8));
    visible.add(new String(Files.readAllBytes(proc.resolve("environ")), StandardCharsets.UTF_8));
    visible.add(master.program().run("status").out());

    assertThat(visible)
        .allSatisfy(
            text ->
                assertThat(text)
                    .doesNotContain(
                        "first-password-8d1f",
                        "wrong-password-0c3d",
                        "another-password-11ee",
                        master.store().secretKey()));
    assertThat(Program.read(master.log()).lines())
        .allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("\"}"));
  }

  @Test
  @DisplayName("waits for a server that is not there yet, plans meanwhile, and goes on when it is")
  void serverDown() {
    master.startSidecar();
    master.awaitReady();
    master.sidecar().destroy();
    master.server().stop(Mode.FAST);
    master.startSidecar();
    AgentStatus status = master.await("a reason", s -> s.archiving().lastError() != null);
    assertThat(status.archiving().state()).isEqualTo(State.Connecting);
    assertThat(status.archiving().lastError().reason()).isEqualTo("DatabaseUnreachable");
    assertThat(status.ready()).isFalse();
    assertThat(master.get(Endpoints.HEALTHZ).statusCode()).isEqualTo(200);
    assertThat(master.get(Endpoints.READYZ).statusCode()).isEqualTo(503);
    assertThat(master.post(Endpoints.PLAN, "{\"target\":{\"latest\":true}}").statusCode())
        .isEqualTo(200);
    assertThat(master.post(Endpoints.BACKUPS, "{}").statusCode()).isEqualTo(503);

    master.server().start();

    master.awaitReady();
  }

  @Test
  @DisplayName(
      "is ready for a swap: everything durable, no session left, and no backup begun until it goes on")
  void prepareSwap() {
    master.startSidecar();
    master.awaitReady();
    master.execute("CREATE TABLE IF NOT EXISTS t AS SELECT generate_series(1, 1000)");
    String written = master.query("SELECT pg_current_wal_flush_lsn()");

    FlushResult prepared =
        ContractJson.read(master.post(Endpoints.PREPARE_SWAP, "{}").body(), FlushResult.class);

    assertThat(
            master.query(
                "SELECT '" + prepared.durableLsn() + "'::pg_lsn >= '" + written + "'::pg_lsn"))
        .isEqualTo("t");
    assertThat(master.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'pgbackup'"))
        .isEqualTo("0");
    assertThat(master.status().orElseThrow().archiving().state()).isEqualTo(State.Stopped);
    assertThat(master.post(Endpoints.BACKUPS, "{}").statusCode()).isEqualTo(409);
    master.server().stop(Mode.SMART);
    master.server().start();
    assertThat(master.post(Endpoints.RESUME, "{}").statusCode()).isEqualTo(200);
    master.awaitDurable();
  }

  @Test
  @DisplayName("W8 is refused an archive that another one writes, by name")
  void secondWriter() {
    master.startSidecar();
    master.awaitReady();
    master.configure("wal: {slotName: second, flushInterval: 1s}\nhttp: {listen: \"\"}\n");
    Path log = folder.resolve("second-log");
    Process second = master.program().start(folder.resolve("second-out"), log, "sidecar");
    try {
      org.awaitility.Awaitility.await()
          .atMost(Master.PATIENCE)
          .until(() -> Program.read(log).contains("is written by another agent"));
    } finally {
      second.destroyForcibly();
    }
    assertThat(Program.read(log)).contains("slot pgbackup").contains("take over epoch");
  }

  @Test
  @DisplayName("says what is wrong when it cannot begin")
  void cannotBegin() {
    master.startSidecar();
    master.awaitReady();

    Program.Ended second = master.program().run("sidecar");

    assertThat(second.exitCode()).isEqualTo(7);
    assertThat(second.err()).contains("http.listen");
    master.configure("nonsense: 1\n");
    assertThat(master.program().run("sidecar").exitCode()).isEqualTo(2);
  }
}
