package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.CheckList;
import dev.pgbackup.contract.restore.CheckResult;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A restore job has checks answered at the target")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoreJobIT {

  private Path folder;
  private Master master;
  private Companion companion;
  private Job job;

  @BeforeAll
  void begin(@TempDir Path directory) {
    folder = directory;
    master = new Master(folder);
    companion = new Companion(folder.resolve("meeting"), PostgresBinaries.of(16));
    job = new Job(master, companion);
    master.execute("ALTER SYSTEM SET max_prepared_transactions = 5");
    master.server().stop(PostgresServer.Mode.FAST);
    master.server().start();
    master.execute("CREATE TABLE t AS SELECT generate_series(1, 10) AS id");
    master.startSidecar();
    master.awaitReady();
    master.execute("INSERT INTO t VALUES (11)");
    master.execute("BEGIN", "INSERT INTO t VALUES (12)", "PREPARE TRANSACTION 'left behind'");
    master.awaitDurable();
  }

  @AfterAll
  void end() {
    companion.close();
    master.close();
  }

  private static CheckList.Check check(String name, String sql) {
    return new CheckList.Check(name, sql, null, 2);
  }

  private String checks(CheckList.Check... checks) {
    Path file = folder.resolve("checks.json");
    Master.replace(file, ContractJson.write(new CheckList(1, List.of(checks))));
    return "--checks=" + file;
  }

  @Test
  @DisplayName("and promotes, and shuts down, if all pass")
  void pass() {
    Path directory = folder.resolve("passed");

    RestoreReport report =
        job.run(
            directory,
            "--target-latest",
            checks(
                check("rows", "SELECT count(*) = 11 FROM t -- as inserted"),
                check("read only", "SELECT current_setting('transaction_read_only')::bool;"),
                check(
                    "no superuser",
                    "SELECT NOT rolsuper FROM pg_roles WHERE rolname = current_user")));

    assertThat(report.succeeded()).as(report.message()).isTrue();
    assertThat(report.checks())
        .containsExactly(
            new CheckResult("rows", true, null),
            new CheckResult("read only", true, null),
            new CheckResult("no superuser", true, null));
    assertThat(report.recovered().newTimeline()).isGreaterThan(1);
    assertThat(report.recovered().preparedTransactions()).isEqualTo(1);
    assertThat(directory.resolve("recovery.signal")).doesNotExist();
  }

  @Test
  @DisplayName(
      "and does not promote if one does not pass; corrected, the same restore goes on from there")
  void fail() {
    Path directory = folder.resolve("failed");

    RestoreReport report =
        job.run(
            directory,
            "--target-latest",
            checks(
                check("right", "SELECT true"),
                check("wrong", "SELECT count(*) = 12 FROM t"),
                check("empty", "SELECT true WHERE false"),
                check("many", "SELECT true FROM t"),
                check("no boolean", "SELECT 't'::text"),
                check("unknown", "SELECT null::bool"),
                check("slow", "SELECT pg_sleep(60) IS NOT NULL"),
                check(
                    "a change", "WITH gone AS (DELETE FROM t RETURNING id) SELECT true FROM gone"),
                check("two", "SELECT true; COPY t TO PROGRAM 'touch /tmp/never'"),
                check("absent", "SELECT true FROM nowhere")));

    assertThat(report.exitCode()).isEqualTo(8);
    assertThat(report.reason()).isEqualTo("ChecksFailed");
    assertThat(report.checks())
        .filteredOn(CheckResult::passed)
        .extracting(CheckResult::name)
        .containsExactly("right");
    assertThat(report.checks()).hasSize(10);
    assertThat(report.message()).contains("wrong (it returns false)", "absent (relation");
    assertThat(directory.resolve("recovery.signal")).exists();

    RestoreReport again =
        job.run(directory, "--target-latest", checks(check("rows", "SELECT count(*) = 11 FROM t")));

    assertThat(again.succeeded()).as(again.message()).isTrue();
    assertThat(again.checks()).containsExactly(new CheckResult("rows", true, null));
  }
}
