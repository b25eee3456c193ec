package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.restore.ArchivedPrimary.Tx;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.plan.RestoreRequest.Purpose;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Every kind of target means exactly these rows")
@TestInstance(Lifecycle.PER_CLASS)
class RestoreTargetsIT {

  @TempDir private static Path folder;
  private ArchivedPrimary primary;
  private int restores;

  private Tx beforeBackup;
  private Tx atBackup;
  private Tx third;
  private Tx fourth;
  private Tx fifth;
  private Tx last;
  private long openedFirst;
  private long whole;
  private long subtransaction;
  private long aborted;

  /** Numbers 1 and 2, a backup, then 3 to 9. */
  @BeforeAll
  void archive() throws Exception {
    primary =
        ArchivedPrimary.create(
            PostgresServer.builder(PostgresBinaries.of(16)),
            DirectoryStore.open(folder.resolve("store")));
    beforeBackup = primary.commit();
    atBackup = primary.commit();
    primary.backup();
    third = primary.commit();
    primary.server.execute("SELECT pg_create_restore_point('twice')");
    fourth = primary.commit();
    fifth = primary.commit();
    primary.server.execute("SELECT pg_create_restore_point('twice')");
    interleaved();
    withSubtransaction();
    last = primary.commit();
    primary.flush();
  }

  /** Number 6 begins before number 7 and commits after it. */
  private void interleaved() throws SQLException {
    try (Connection connection = primary.server.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      openedFirst = ArchivedPrimary.xid(statement);
      statement.execute("INSERT INTO numbers VALUES (" + primary.nextNumber() + ")");
      assertThat(primary.commit().xid()).isGreaterThan(openedFirst);
      connection.commit();
    }
  }

  /** Number 8 is written by a subtransaction; another one, and a whole transaction, are undone. */
  private void withSubtransaction() throws SQLException {
    try (Connection connection = primary.server.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      whole = ArchivedPrimary.xid(statement);
      statement.execute("SAVEPOINT a");
      statement.execute("INSERT INTO numbers VALUES (1000)");
      statement.execute("ROLLBACK TO a");
      statement.execute("SAVEPOINT b");
      statement.execute("INSERT INTO numbers VALUES (" + primary.nextNumber() + ")");
      subtransaction = Long.parseLong(query(statement, "SELECT max(xmin::text::bigint) FROM numbers"));
      statement.execute("RELEASE b");
      connection.commit();
      aborted = ArchivedPrimary.xid(statement);
      statement.execute("INSERT INTO numbers VALUES (2000)");
      connection.rollback();
    }
  }

  private static String query(Statement statement, String sql) throws SQLException {
    try (var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @AfterAll
  void end() {
    primary.close();
  }

  private void assertRestores(RecoveryTarget target, Integer... numbers) throws SQLException {
    primary.restored(
        target,
        newDirectory(),
        restored -> assertThat(ArchivedPrimary.numbers(restored)).containsExactly(numbers));
  }

  private Path newDirectory() {
    return folder.resolve("restored-" + ++restores);
  }

  private static Integer[] upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toArray(Integer[]::new);
  }

  private void assertRefused(RecoveryTarget target, Reason reason) {
    assertThatThrownBy(() -> primary.plan(target))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static RecoveryTarget xid(long xid, boolean inclusive) {
    return RecoveryTarget.xid(Long.toString(xid), inclusive);
  }

  private static RecoveryTarget time(Instant time, boolean inclusive) {
    return RecoveryTarget.time(time.toString(), inclusive);
  }

  private static RecoveryTarget lsn(Lsn lsn, boolean inclusive) {
    return RecoveryTarget.lsn(lsn.toString(), inclusive);
  }

  @Test
  @DisplayName("T1: a transaction counts by its commit, not by its begin")
  void transactionThatWasBegunFirst() throws SQLException {
    assertRestores(xid(openedFirst, false), 1, 2, 3, 4, 5, 7);
    assertRestores(xid(openedFirst, true), upTo(7));
  }

  @Test
  @DisplayName("T1: a subtransaction is refused with the whole, one that was undone or never was at all")
  void subtransaction() throws SQLException {
    assertThatThrownBy(() -> primary.plan(xid(subtransaction, true)))
        .hasMessageContaining("xid " + whole);
    assertRestores(xid(whole, true), upTo(8));
    assertRefused(xid(aborted, true), Reason.TargetAborted);
    assertRefused(xid(last.xid() + 1000, true), Reason.TargetBeyondArchive);
  }

  @Test
  @DisplayName("T2: the time of a commit, inclusive and not, and one microsecond before")
  void time() throws SQLException {
    assertRestores(time(fourth.time(), true), upTo(4));
    assertRestores(time(fourth.time(), false), upTo(3));
    assertRestores(time(fourth.time().minus(1, ChronoUnit.MICROS), true), upTo(3));
  }

  @Test
  @DisplayName("T3: a position at a record and within one")
  void position() throws SQLException {
    assertRestores(lsn(fourth.after(), false), upTo(4));
    assertRestores(lsn(fourth.before().plus(1), true), upTo(3));
  }

  @Test
  @DisplayName("T4: a restore point, the first of two with the same name")
  void restorePoint() throws SQLException {
    RecoveryTarget target = RecoveryTarget.name("twice");

    assertRestores(target, upTo(3));
    assertThat(primary.plan(target).warnings()).singleElement().asString().contains("2 restore");
    assertRefused(RecoveryTarget.name("never"), Reason.RestorePointNotFound);
  }

  @Test
  @DisplayName("T5: the end of the backup, and the newest commit, whose segment still grows")
  void immediateAndLatest() throws SQLException {
    assertRestores(RecoveryTarget.immediate(), upTo(2));
    assertRestores(RecoveryTarget.latest(), upTo(9));
  }

  @Test
  @DisplayName("T6: what cannot be reached is refused before anything is created")
  void unreachable() {
    Path directory = newDirectory();
    for (RecoveryTarget target :
        List.of(
            xid(beforeBackup.xid(), true),
            time(atBackup.time(), true),
            lsn(atBackup.after(), false))) {
      assertRefused(target, Reason.TargetBeforeWindow);
    }
    assertRefused(lsn(last.after().plus(1 << 20), true), Reason.TargetBeyondArchive);
    assertRefused(time(last.time().plusSeconds(3600), true), Reason.TargetBeyondArchive);
    assertThat(directory).doesNotExist();
  }

  @Test
  @DisplayName("and a plan names the record that PostgreSQL stops behind")
  void plan() {
    RestorePlan plan =
        primary.plan(RestoreRequest.to(xid(fifth.xid(), true), Purpose.Clone));

    assertThat(plan.target().lastXid().orElseThrow().value()).isEqualTo(fifth.xid());
    assertThat(plan.target().lastTime()).contains(fifth.time());
    assertThat(plan.wal().to()).isBetween(fifth.before(), fifth.after());
    assertThat(third.after()).isLessThan(plan.wal().to());
    assertThat(plan.settings()).containsEntry("max_connections", "100");
  }
}
