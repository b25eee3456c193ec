package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.report.ArchivedWalReport;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.Pause;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A sidecar follows its server through swaps")
class SwapIT {

  @TempDir private Path folder;
  private Master master;
  private Companion companion;
  private Job job;

  @BeforeEach
  void begin() {
    master = new Master(folder);
    companion = new Companion(folder.resolve("meeting"), PostgresBinaries.of(16));
    job = new Job(master, companion);
    master.execute("CREATE TABLE t (row text)");
    master.startSidecar();
    master.awaitReady();
  }

  @AfterEach
  void end() {
    companion.close();
    master.close();
  }

  @Test
  @DisplayName(
      "C10 C11 to a restored timeline, back by undo, and on to the next one, all by itself; what a retained directory"
          + " has beyond the archive is archived meanwhile")
  void throughSwaps() throws Exception {
    String xid = insert("kept");
    insert("undone");
    Path second = restored("second", xid);
    Path first = folder.resolve("first");
    // Written too late for the preparation, by a server that is then killed.
    SwapPreparation prepared = prepareSwap();
    assertThat(prepared.timeline()).isEqualTo(1);
    insert("at the last moment");
    master.server().stop(Mode.IMMEDIATE);
    takePlace(second, first);

    AgentStatus status = awaitTimeline(2);
    assertThat(status.gaps()).isEmpty();
    assertThat(rows()).isEqualTo("kept");
    assertThat(pause().until()).isEqualTo(prepared.pausedUntil());
    Map<Path, FileTime> before = files(first);
    ArchivedWalReport end = archiveWal(first, 0);
    assertThat(end.timeline()).isEqualTo(1);
    assertThat(end.shutDown()).isFalse();
    assertThat(end.systemIdentifier()).isEqualTo(prepared.systemIdentifier());
    assertThat(archiveWal(first, 0).endLsn()).isEqualTo(end.endLsn());
    assertThat(files(first)).isEqualTo(before);
    assertThat(archiveWal(master.server().dataDirectory(), 4).reason()).isEqualTo("SecondWriter");
    insert("on two");
    master.awaitDurable();

    prepareSwap();
    master.server().stop(Mode.SMART);
    takePlace(first, second);
    awaitTimeline(1);
    assertThat(rows()).isEqualTo("at the last moment,kept,undone");
    assertThat(archiveWal(second, 0).timeline()).isEqualTo(2);
    String last = insert("on one again");
    master.awaitDurable();

    Path third = restored("third", last);
    prepareSwap();
    master.server().stop(Mode.SMART);
    takePlace(third, folder.resolve("first-again"));
    status = awaitTimeline(3);
    assertThat(rows()).isEqualTo("at the last moment,kept,on one again,undone");
    assertThat(status.gaps()).isEmpty();
    assertThat(status.archiving().state()).isEqualTo(State.Streaming);

    assertThat(master.post(Endpoints.RESUME, "").statusCode()).isEqualTo(200);
    assertThat(pause().until()).isNull();
    assertThat(master.program().run("verify", "--window").exitCode()).isZero();
    // Of the branch that was left by the undo.
    RestoreReport copy = job.run(folder.resolve("copy"), "--target-latest", "--timeline=2");
    assertThat(copy.recovered().slot()).isNull();
    assertThat(copy.recovered().newTimeline()).isEqualTo(4);
    master.server().stop(Mode.FAST);
    takePlace(folder.resolve("copy"), folder.resolve("third-again"));
    assertThat(rows()).isEqualTo("kept,on two");
  }

  /** Restores to a transaction for the master's place. */
  private Path restored(String name, String xid) {
    Path directory = folder.resolve(name);
    RestoreReport report =
        job.run(directory, "--target-xid=" + xid, "--purpose=master", "--slot=pgbackup");
    assertThat(report.succeeded()).as(report.message()).isTrue();
    assertThat(report.recovered().lastXid()).isEqualTo(xid);
    assertThat(report.recovered().slot()).isEqualTo("pgbackup");
    assertThat(report.recovered().preparedTransactions()).isZero();
    assertThat(directory.resolve("pg_replslot/pgbackup/state")).exists();
    return directory;
  }

  private SwapPreparation prepareSwap() {
    return ContractJson.read(master.post(Endpoints.PREPARE_SWAP, "").body(), SwapPreparation.class);
  }

  private Pause pause() {
    return ContractJson.read(master.get(Endpoints.PAUSE).body(), Pause.class);
  }

  private void takePlace(Path directory, Path aside) throws IOException {
    Files.move(master.server().dataDirectory(), aside);
    Files.move(directory, master.server().dataDirectory());
    master.server().start();
  }

  private AgentStatus awaitTimeline(int timeline) {
    master.await(
        "archiving on timeline " + timeline,
        s ->
            s.archiving().state() == State.Streaming
                && s.database() != null
                && s.database().timeline() == timeline);
    return master.awaitDurable();
  }

  private ArchivedWalReport archiveWal(Path directory, int exitCode) {
    Program.Ended ended =
        master
            .program()
            .run(
                "archive-wal",
                "--data-dir=" + directory,
                "--wait=0s",
                "-o",
                "json",
                "--report=" + folder.resolve("wal-report"));
    assertThat(ended.exitCode()).as(ended.err()).isEqualTo(exitCode);
    ArchivedWalReport report = ContractJson.read(ended.out(), ArchivedWalReport.class);
    assertThat(
            ContractJson.read(Program.read(folder.resolve("wal-report")), ArchivedWalReport.class))
        .isEqualTo(report);
    return report;
  }

  private static Map<Path, FileTime> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.collect(Collectors.toMap(file -> file, SwapIT::changedAt));
    }
  }

  private static FileTime changedAt(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Returns the transaction's id. */
  private String insert(String row) {
    return master.query("INSERT INTO t VALUES ('" + row + "') RETURNING txid_current()");
  }

  private String rows() {
    return master.query("SELECT string_agg(row, ',' ORDER BY row) FROM t");
  }
}
