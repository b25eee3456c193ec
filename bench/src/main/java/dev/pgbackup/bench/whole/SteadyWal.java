package dev.pgbackup.bench.whole;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session that commits a piece of WAL again and again, at a fixed rate as far as the machine
 * keeps up.
 */
final class SteadyWal implements AutoCloseable {

  private static final int PIECE = 500_000;
  private static final int CONTENTS = 16;

  /** Of each word of 8 bytes, so many are random: it compresses to about a half. */
  private static final int NOISE = 4;

  /**
   * A commit.
   *
   * @param position of its content
   * @param at by {@link System#nanoTime()}
   */
  record Commit(long position, long at) {}

  private final PostgresServer server;
  private final long pause;
  private final Thread thread = new Thread(this::write, "steady-wal");
  private final Queue<Commit> commits = new ConcurrentLinkedQueue<>();
  private volatile boolean ending;
  private volatile @Nullable SQLException failure;

  private SteadyWal(PostgresServer server, long bytesPerSecond) {
    this.server = server;
    this.pause = PIECE * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
  }

  /** Begins. */
  static SteadyWal start(PostgresServer server, long bytesPerSecond) {
    SteadyWal wal = new SteadyWal(server, bytesPerSecond);
    wal.thread.setDaemon(true);
    wal.thread.start();
    return wal;
  }

  private void write() {
    byte[][] contents = contents();
    try (Connection connection = server.connect();
        PreparedStatement emit =
            connection.prepareStatement("SELECT pg_logical_emit_message(true, 'bench', ?)::text")) {
      long next = System.nanoTime();
      for (int i = 0; !ending; i++) {
        emit.setBytes(1, contents[i % CONTENTS]);
        try (ResultSet row = emit.executeQuery()) {
          row.next();
          commits.add(new Commit(Lsn.parse(row.getString(1)).value(), System.nanoTime()));
        }
        next += pause;
        TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      }
    } catch (SQLException broken) {
      failure = broken;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[][] contents() {
    Random random = new Random(20260104);
    byte[][] contents = new byte[CONTENTS][PIECE];
    for (byte[] content : contents) {
      random.nextBytes(content);
      for (int word = 0; word < PIECE; word += Long.BYTES) {
        Arrays.fill(content, word + NOISE, Math.min(PIECE, word + Long.BYTES), (byte) 0);
      }
    }
    return contents;
  }

  /** The oldest commit that was not taken yet; null if there is none. */
  @Nullable Commit peek() {
    return commits.peek();
  }

  /** Takes the oldest commit away. */
  void remove() {
    commits.remove();
  }

  /** Ends it; what was not taken can still be. */
  @Override
  public void close() throws SQLException {
    ending = true;
    try {
      thread.join();
    } catch (InterruptedException stop) {
      throw Programs.interrupted(stop);
    }
    SQLException broken = failure;
    if (broken != null) {
      throw broken;
    }
  }
}
