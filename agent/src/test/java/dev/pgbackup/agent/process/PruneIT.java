package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.report.PruneDocument;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.testkit.RequestFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

  /** Just so long that it begins behind the second backup, so that the first is not needed. */
  private String[] prune(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("prune", "--min-backups", "1", "--grace-period", "0s", "-o", "json"));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--recovery-window")) {
      PruneDocument now =
          ContractJson.read(
              output("prune", "--dry-run", "--recovery-window", "1d", "-o", "json"),
              PruneDocument.class);
      Duration window = Duration.between(second.completedAt().plusSeconds(1), now.reference());
      arguments.addAll(List.of("--recovery-window", window.toMillis() + "ms"));
    }
    return arguments.toArray(String[]::new);
  }

  private PruneDocument pruned(String... more) {
    return ContractJson.read(output(prune(more)), PruneDocument.class);
  }

  private List<String> backups() {
    return master.backups().stream().map(BackupDocument::backupId).toList();
  }

  private long walObjects() {
    return master.bucket().list("", "").filter(object -> object.key().contains("/wal/")).count();
  }

  @Test
  @DisplayName("R1: never the last backup that can be restored, nor the WAL that it needs")
  void keepsWhatIsNeeded() {
    long wal = walObjects();

    PruneDocument plan = pruned("--dry-run");
    assertThat(plan.backups())
        .filteredOn(PruneDocument.Decision::delete)
        .extracting(PruneDocument.Decision::backupId)
        .containsExactly(first.backupId());
    assertThat(backups()).hasSize(3);
    PruneDocument done = pruned();

    assertThat(done.done().backups()).isEqualTo(1);
    assertThat(done.done().walObjects()).isPositive();
    assertThat(walObjects()).isLessThan(wal);
    assertThat(backups()).containsExactly(third.backupId(), second.backupId());
    output("verify", "--window");
    output("plan", "--target-latest");
    output("plan", "--target-lsn", second.endLsn());
    assertThat(pruned("--recovery-window", "1ms").done().backups()).isZero();
    assertThat(backups()).containsExactly(third.backupId(), second.backupId());
  }

  @Test
  @DisplayName(
      "R2: killed between any two deletions, it leaves nothing half there, and a re-run finishes")
  void killed() throws Exception {
    String[] prune = prune();
    int kills = 0;
    while (isKilledAfter(kills, prune)) {
      kills++;
      assertThat(backups()).contains(third.backupId(), second.backupId());
      output("verify", "--window");
    }

    assertThat(kills).as("deletions at which it was killed").isGreaterThan(2);
    assertThat(backups()).containsExactly(third.backupId(), second.backupId());
    PruneDocument.Done again = ContractJson.read(output(prune), PruneDocument.class).done();
    assertThat(again.backups() + again.bundles() + again.walObjects()).isZero();
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
