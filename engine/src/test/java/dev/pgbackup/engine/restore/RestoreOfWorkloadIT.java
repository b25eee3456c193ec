package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.Journal;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.RecordedTransaction;
import dev.pgbackup.testkit.Workload;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("T10: what many connections did is restored to the row")
class RestoreOfWorkloadIT {

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  @DisplayName("T10: prepared transactions, large objects, sequences and extensions included")
  void toTheRow(PostgresBinaries version) throws Exception {
    try (ArchivedPrimary primary =
        ArchivedPrimary.create(
            PostgresServer.builder(version)
                .dataChecksums(true)
                .setting("max_prepared_transactions", "20"),
            DirectoryStore.open(folder.resolve("store")))) {
      Workload workload =
          Workload.on(primary.server).preparedTransactions().largeObjects().create().start();
      awaitTransactions(workload, 0, 30);
      primary.backup();
      int atBackup = workload.journal().transactions().size();
      primary.server.execute("CREATE EXTENSION pgcrypto");
      awaitTransactions(workload, atBackup, 150);
      workload.stop();
      primary.flush();

      assertRestored(primary, workload.journal(), atBackup);
    }
  }

  private static void awaitTransactions(Workload workload, int from, int more) {
    Awaitility.await()
        .atMost(ArchivedPrimary.PATIENCE)
        .until(() -> workload.journal().transactions().size() >= from + more);
  }

  /** To the last one behind the extension at which another one was prepared and not ended. */
  private static RecordedTransaction target(Journal journal, int atBackup) {
    return journal.last(
        transaction ->
            transaction.isCommitted()
                && journal.transactions().indexOf(transaction) > atBackup + 20
                && !preparedAt(journal, transaction).isEmpty());
  }

  private static List<String> preparedAt(Journal journal, RecordedTransaction last) {
    return journal.through(last).prepared().stream()
        .map(transaction -> transaction.name().orElseThrow())
        .sorted()
        .toList();
  }

  private void assertRestored(ArchivedPrimary primary, Journal journal, int atBackup)
      throws SQLException {
    RecordedTransaction last = target(journal, atBackup);
    SortedMap<String, String> expected = journal.contentsThrough(last);
    List<String> prepared = preparedAt(journal, last);
    assertThat(expected.keySet()).anyMatch(key -> key.startsWith("object "));
    primary.restored(
        RecoveryTarget.xid(Long.toString(last.xid()), true),
        folder.resolve("restored"),
        restored -> {
          try (Connection connection = restored.connect()) {
            assertThat(Workload.contents(connection)).isEqualTo(expected);
            assertThat(Workload.isSequenceAhead(connection)).isTrue();
            assertThat(prepared(connection)).isEqualTo(prepared);
            assertThat(restored.query("SELECT encode(digest('x', 'sha1'), 'hex')"))
                .isEqualTo("11f6ad8ec52a2984abaafd7c3b516503785c2072");
          }
          for (String name : prepared) {
            restored.execute("ROLLBACK PREPARED '" + name + "'");
          }
        });
  }

  private static List<String> prepared(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT gid FROM pg_prepared_xacts ORDER BY gid")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }
}
