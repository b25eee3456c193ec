package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.scenario.kubernetes.PodDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Writes row after row until the database goes away, and knows which of them were confirmed: all of
 * these must be there when its volume is back, and at most the one that was under way beside them.
 */
final class SteadyWriter implements AutoCloseable {

  private final PodDatabase database;
  private final Connection connection;
  private final String name;
  private final Thread thread;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final List<String> confirmed = new ArrayList<>();
  private String underWay = "";

  private SteadyWriter(PodDatabase database, String name) throws SQLException {
    this.database = database;
    this.connection = database.connect("postgres");
    this.name = name;
    this.thread = new Thread(this::write, name);
  }

  /** Returns when the first row is there. */
  static SteadyWriter begin(SwapStage stage, String name)
      throws SQLException, InterruptedException {
    SteadyWriter writer = new SteadyWriter(stage.database(), name);
    writer.thread.start();
    writer.begun.await();
    return writer;
  }

  private void write() {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into note (what) select ? from pg_sleep(0.02)")) {
      for (int i = 0; ; i++) {
        underWay = name + "-" + i;
        insert.setString(1, underWay);
        insert.executeUpdate();
        confirmed.add(underWay);
        begun.countDown();
      }
    } catch (SQLException e) {
      begun.countDown();
    }
  }

  /**
   * That the rows are those from before this writer began, and its own.
   *
   * @param before all rows from before
   * @param now all rows, the database having gone away from this writer since
   */
  void assertAllIn(List<String> before, List<String> now) throws InterruptedException {
    thread.join();
    List<String> expected = new ArrayList<>(before);
    expected.addAll(confirmed);
    List<String> atMost = new ArrayList<>(expected);
    atMost.add(underWay);
    assertThat(confirmed).isNotEmpty();
    assertThat(now).isIn(expected, atMost);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
    database.close();
  }
}
