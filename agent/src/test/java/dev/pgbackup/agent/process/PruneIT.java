package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.report.PruneDocument;
import dev.pgbackup.contract.report.VerifyDocument;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.testkit.RequestFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("`pgbackup prune` deletes what the recovery window does not need, and nothing else")
class PruneIT {

  /** Of one object, or of several by one request. */
  private static final String DELETION = "[^?]*|.*[?&]delete.*";

  private Master master;
  private BackupDocument first;
  private BackupDocument second;
  private BackupDocument third;

  @BeforeEach
  void begin(@TempDir Path folder) {
    master = new Master(folder);
    first = backup();
    second = backup();
    third = backup();
  }

  @AfterEach
  void end() {
    master.close();
  }

  /** Taken after WAL that fills more than a segment. */
  private BackupDocument backup() {
    master.execute(
        "CREATE TABLE IF NOT EXISTS t (n int)",
        "INSERT INTO t VALUES (1)",
        "SELECT pg_switch_wal()");
    return ContractJson.read(output("backup", "-o", "json"), BackupDocument.class);
  }

  private String output(String... arguments) {
    Program.Ended ended = master.program().run(arguments);
    assertThat(ended.exitCode()).as(ended.err() + ended.out()).isZero();
    return ended.out();
  }

  /** With a window that begins behind the second backup, so that the first is not needed. */
  private String[] prune() {
    PruneDocument now =
        ContractJson.read(
            output("prune", "--dry-run", "--recovery-window", "1d", "-o", "json"),
            PruneDocument.class);
    return prune(
        Duration.between(second.completedAt().plusSeconds(1), now.reference()).toMillis() + "ms");
  }

  private static String[] prune(String window) {
    return new String[] {
      "prune",
      "--min-backups",
      "1",
      "--grace-period",
      "0s",
      "--recovery-window",
      window,
      "-o",
      "json"
    };
  }

  /** All that there are, of which nothing is missing, and no WAL up to the newest position. */
  private List<String> verifiedBackups() {
    return ContractJson.read(output("verify", "--window", "-o", "json"), VerifyDocument.class)
        .backups();
  }

  private long walObjects() {
    return master.bucket().list("", "").filter(object -> object.key().contains("/wal/")).count();
  }

  @Test
  @DisplayName(
      "R1 R2: killed between any two deletions nothing is half there; a re-run finishes, and never takes the last"
          + " backup that can be restored, nor its WAL")
  void killed() throws Exception {
    long wal = walObjects();
    String[] prune = prune();
    assertThat(planned(prune))
        .filteredOn(PruneDocument.Decision::delete)
        .extracting(PruneDocument.Decision::backupId)
        .containsExactly(first.backupId());

    int kills = 0;
    while (isKilledAfter(kills, prune)) {
      kills++;
      assertThat(verifiedBackups()).contains(third.backupId(), second.backupId());
    }

    assertThat(kills).as("deletions at which it was killed").isGreaterThan(2);
    assertThat(verifiedBackups()).containsOnly(third.backupId(), second.backupId());
    assertThat(walObjects()).isLessThan(wal);
    output("plan", "--target-latest");
    output("plan", "--target-lsn", second.endLsn());
    assertNothingIsLeftToDo(prune);
    assertNothingIsLeftToDo(prune("1ms"));
  }

  private List<PruneDocument.Decision> planned(String... prune) {
    String[] dry = Arrays.copyOf(prune, prune.length + 1);
    dry[prune.length] = "--dry-run";
    return ContractJson.read(output(dry), PruneDocument.class).backups();
  }

  private void assertNothingIsLeftToDo(String... prune) {
    PruneDocument.Done done = ContractJson.read(output(prune), PruneDocument.class).done();
    assertThat(done.backups() + done.bundles() + done.walObjects()).isZero();
  }

  /** Whether it came to be killed: it ends by itself when it has no more to delete than that. */
  private boolean isKilledAfter(int deletions, String[] prune) throws InterruptedException {
    RequestFault next = master.line().when("DELETE|POST", DELETION).after(deletions).hang();
    Process running =
        master
            .program()
            .start(
                master.folder().resolve("prune-out-" + deletions),
                master.folder().resolve("prune-err-" + deletions),
                prune);
    Awaitility.await("at a deletion, or at its end")
        .atMost(Master.PATIENCE)
        .until(() -> next.hits() > 0 || !running.isAlive());
    boolean killed = running.isAlive();
    running.destroyForcibly().waitFor();
    master.line().pass();
    return killed;
  }
}
