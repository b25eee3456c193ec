package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.control.ClusterState;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.restore.ArchivedPrimary.Tx;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.replay.LocalReplayServer;
import dev.pgbackup.engine.restore.replay.PausedServer;
import dev.pgbackup.engine.restore.replay.TargetAction;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("At the target a server is promoted, paused for a look, or shut down, as asked")
@TestInstance(Lifecycle.PER_CLASS)
class RestoreActionsIT {

  @TempDir private static Path folder;
  private ArchivedPrimary primary;
  private RestorePlan plan;

  /** Numbers 1 to 3, of which the target is the second. */
  @BeforeAll
  void archive() throws Exception {
    primary =
        ArchivedPrimary.create(
            PostgresServer.builder(PostgresBinaries.of(16)),
            DirectoryStore.open(folder.resolve("store")));
    primary.backup();
    primary.commit();
    Tx second = primary.commit();
    primary.commit();
    primary.flush();
    plan = primary.plan(RecoveryTarget.xid(Long.toString(second.xid()), true));
  }

  @AfterAll
  void end() {
    primary.close();
  }

  private RestoreResult restore(Path directory, TargetAction action, Review review) {
    return Restore.of(
            primary.archive,
            RestoreSettings.into(directory).withAction(action),
            new LocalReplayServer(primary.server.binaries().binDirectory()),
            review,
            RestoreListener.NONE)
        .run(plan);
  }

  private static Review.Decision nobodyIsAsked(PausedServer server) {
    throw new AssertionError("asked to look at " + server);
  }

  @Test
  @DisplayName("shutdown: it stays in recovery, claims no timeline, and goes on when asked to")
  void shutdown() throws Exception {
    Path directory = folder.resolve("shutdown");
    int claims = claims();

    RestoreResult result =
        restore(directory, TargetAction.Shutdown, RestoreActionsIT::nobodyIsAsked);

    assertThat(result.timeline()).isEmpty();
    assertThat(claims()).isEqualTo(claims);
    assertIsInRecovery(directory);
    restore(directory, TargetAction.Promote, RestoreActionsIT::nobodyIsAsked);
    assertIsPromoted(directory);
  }

  @Test
  @DisplayName("pause: the rows of the target can be read, none written; then it is promoted")
  void pauseThenPromote() throws Exception {
    Path directory = folder.resolve("promoted");
    List<Integer> seen = new ArrayList<>();

    RestoreResult result =
        restore(
            directory,
            TargetAction.Pause,
            server -> {
              seen.addAll(look(server));
              return Review.Decision.Promote;
            });

    assertThat(seen).containsExactly(1, 2);
    assertThat(result.timeline()).contains(ControlFile.of(directory).timeline());
    assertIsPromoted(directory);
  }

  @Test
  @DisplayName(
      "pause: not what was wanted, it is shut down in recovery, and can be looked at again")
  void pauseThenStop() throws Exception {
    Path directory = folder.resolve("stopped");
    List<Integer> seen = new ArrayList<>();
    Review stop =
        server -> {
          seen.addAll(look(server));
          return Review.Decision.Stop;
        };

    assertThat(restore(directory, TargetAction.Pause, stop).timeline()).isEmpty();

    assertIsInRecovery(directory);
    restore(directory, TargetAction.Pause, stop);
    assertThat(seen).containsExactly(1, 2, 1, 2);
  }

  private int claims() {
    return primary.archive.timelines().claimed().size();
  }

  private static List<Integer> look(PausedServer server) {
    List<Integer> numbers = new ArrayList<>();
    String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres";
    try (Connection connection = DriverManager.getConnection(url, server.role(), "");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("INSERT INTO numbers VALUES (1000)"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("read-only");
      try (ResultSet rows = statement.executeQuery("SELECT number FROM numbers ORDER BY number")) {
        while (rows.next()) {
          numbers.add(rows.getInt(1));
        }
      }
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
    return numbers;
  }

  private static void assertIsInRecovery(Path directory) {
    ControlFile control = ControlFile.of(directory);
    assertThat(control.state()).isEqualTo(ClusterState.SHUT_DOWN_IN_RECOVERY);
    assertThat(control.timeline()).isEqualTo(Timeline.FIRST);
    assertThat(directory.resolve("recovery.signal")).exists();
  }

  private void assertIsPromoted(Path directory) throws SQLException {
    assertThat(ControlFile.of(directory).state()).isEqualTo(ClusterState.SHUT_DOWN);
    assertThat(directory.resolve("recovery.signal")).doesNotExist();
    assertThat(primary.numbers(directory)).containsExactly(1, 2);
  }
}
