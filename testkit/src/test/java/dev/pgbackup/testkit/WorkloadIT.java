package dev.pgbackup.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.testkit.PostgresServer.Mode;
import dev.pgbackup.testkit.RecordedTransaction.Outcome;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Testkit: the workload and its books")
class WorkloadIT {

  static List<PostgresBinaries> available() {
    return PostgresBinaries.available();
  }

  private static PostgresServer server(PostgresBinaries binaries) {
    return PostgresServer.builder(binaries)
        .setting("max_prepared_transactions", "20")
        .setting("track_commit_timestamp", "on")
        .create();
  }

  @ParameterizedTest
  @MethodSource("available")
  void the_books_agree_with_the_database(PostgresBinaries binaries) throws Exception {
    try (PostgresServer server = server(binaries)) {
      Workload workload =
          Workload.on(server).seed(5).preparedTransactions().largeObjects().create().run(150);
      Journal journal = workload.journal();

      try (Connection connection = server.connect()) {
        assertThat(Workload.contents(connection)).isEqualTo(journal.contents()).isNotEmpty();
        assertThat(Workload.isSequenceAhead(connection)).isTrue();
        assertThat(names(server)).isEqualTo(names(journal));
        workload.commitPrepared();
        assertThat(Workload.contents(connection)).isEqualTo(journal.contents());
        for (RecordedTransaction transaction : journal.transactions()) {
          assertThat(status(connection, transaction.xid()))
              .isEqualTo(transaction.isCommitted() ? "committed" : "aborted");
        }
      }
      assertThat(journal.transactions()).hasSize(4 * 150);
      assertThat(journal.transactions())
          .anyMatch(transaction -> transaction.outcome() == Outcome.ABORTED)
          .anyMatch(transaction -> !transaction.subtransactions().isEmpty())
          .anyMatch(transaction -> !transaction.undoneSubtransactions().isEmpty())
          .anyMatch(transaction -> transaction.prepared().isPresent())
          .anyMatch(
              transaction ->
                  transaction.changes().keySet().stream()
                      .anyMatch(key -> key.startsWith("object")));
      assertThat(journal.transactions()).isSortedAccordingTo(WorkloadIT::byLsn);
      assertThat(journal.transactions())
          .filteredOn(RecordedTransaction::isCommitted)
          .extracting(transaction -> transaction.time().orElseThrow())
          .isSorted();
      assertThat(journal.transactions())
          .extracting(RecordedTransaction::xid)
          .as("ends pass beginnings")
          .isNotEqualTo(journal.transactions().stream().map(t -> t.xid()).sorted().toList());
    }
  }

  private static int byLsn(RecordedTransaction one, RecordedTransaction other) {
    return one.equals(other) ? 0 : one.lsnAfter() <= other.lsnBefore() ? -1 : 1;
  }

  private static String status(Connection connection, long xid) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_xact_status('" + xid + "')")) {
      row.next();
      return row.getString(1);
    }
  }

  private static String names(PostgresServer server) throws Exception {
    return server.query(
        "SELECT coalesce(string_agg(gid, ',' ORDER BY gid), '') FROM pg_prepared_xacts");
  }

  private static String names(Journal journal) {
    return String.join(
        ",", journal.prepared().stream().map(t -> t.name().orElseThrow()).sorted().toList());
  }

  @Test
  void what_was_is_told_by_transaction_by_time_and_by_place_in_the_wal() throws Exception {
    try (PostgresServer server = server(PostgresBinaries.of(16))) {
      Workload workload = Workload.on(server).connections(2).create().run(20);
      SortedMap<String, String> early;
      try (Connection connection = server.connect()) {
        early = Workload.contents(connection);
      }
      Journal journal = workload.journal();
      RecordedTransaction last = journal.last(RecordedTransaction::isCommitted);
      workload.run(20);

      assertThat(journal.contentsThrough(last)).isEqualTo(early).isNotEqualTo(journal.contents());
      Instant time = last.time().orElseThrow();
      assertThat(journal.contentsAt(time, true)).isEqualTo(early);
      assertThat(journal.contentsAt(time, false)).isEqualTo(journal.contentsBefore(last));
      assertThat(journal.contentsAt(time.minusNanos(1000), true))
          .isEqualTo(journal.contentsBefore(last));
      assertThat(journal.contentsAt(last.lsnAfter())).isEqualTo(early);
      assertThat(journal.contentsAt(last.lsnBefore())).isEqualTo(journal.contentsBefore(last));
      assertThat(journal.through(last).contents()).isEqualTo(early);
    }
  }

  @Test
  void after_a_crash_the_books_are_right_again_and_the_workload_goes_on() throws Exception {
    try (PostgresServer server = server(PostgresBinaries.of(16))) {
      Workload workload = Workload.on(server).preparedTransactions().create();
      for (int crash = 1; crash <= 3; crash++) {
        int before = workload.journal().transactions().size();
        workload.start();
        await().until(() -> workload.journal().transactions().size() > before + 50);
        server.kill();
        workload.stop();
        assertThat(workload.isDisconnected()).isTrue();
        server.start();

        try (Connection connection = server.connect()) {
          workload.journal().resolve(connection);
          assertThat(Workload.contents(connection)).isEqualTo(workload.journal().contents());
        }
        assertThat(names(server)).isEqualTo(names(workload.journal()));
      }
      workload.run(20);
      try (Connection connection = server.connect()) {
        assertThat(Workload.contents(connection)).isEqualTo(workload.journal().contents());
      }
    }
  }

  @Test
  void another_workload_goes_on_from_the_books_of_one_that_ended() throws Exception {
    try (PostgresServer server = server(PostgresBinaries.of(16))) {
      Workload first = Workload.on(server).connections(2).preparedTransactions().create().run(30);
      server.stop(Mode.FAST);
      server.start();
      RecordedTransaction last = first.journal().last(transaction -> true);

      Workload second =
          Workload.on(server)
              .seed(2)
              .connections(3)
              .preparedTransactions()
              .continuing(first.journal().through(last))
              .create()
              .run(30);

      try (Connection connection = server.connect()) {
        assertThat(Workload.contents(connection)).isEqualTo(second.journal().contents());
      }
      assertThat(first.journal().transactions()).hasSizeLessThan(61);
      assertThat(second.journal().transactions()).hasSizeGreaterThan(100);
    }
  }
}
