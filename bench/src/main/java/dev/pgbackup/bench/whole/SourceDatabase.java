package dev.pgbackup.bench.whole;

import dev.pgbackup.testkit.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** What is in the database, and how its WAL comes about. */
final class SourceDatabase {

  private static final int NOISE_ROW = 8000;
  private static final long BYTES_OF_ACCOUNT = 130;
  private static final int SMALL_TABLES_PER_GIB = 500;

  private final PostgresServer server;

  SourceDatabase(PostgresServer server) {
    this.server = server;
  }

  /**
   * Fills it: accounts as pgbench has them, a seventh of rows that do not compress, and small
   * tables.
   */
  void fill(long bytes) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("CREATE TABLE accounts (id int, branch int, balance int, filler char(84))");
      statement.execute(
          "INSERT INTO accounts SELECT i, i % 100, (hashint4(i) % 100000), '' FROM generate_series(1, "
              + bytes * 6 / 7 / BYTES_OF_ACCOUNT
              + ") AS i");
      connection.commit();
      statement.execute("CREATE TABLE noise (id int, content bytea)");
      statement.execute("ALTER TABLE noise ALTER content SET STORAGE external");
      copyNoise(connection, bytes / 7 / NOISE_ROW);
      connection.commit();
      int small = (int) Math.max(10, SMALL_TABLES_PER_GIB * bytes >> 30);
      for (int i = 0; i < small; i++) {
        statement.execute("CREATE TABLE small_" + i + " (id int PRIMARY KEY, name text)");
        statement.execute(
            "INSERT INTO small_"
                + i
                + " SELECT n, repeat(md5(n::text), 3) FROM generate_series(1, 100) AS n");
      }
      connection.commit();
    }
    server.execute("VACUUM FREEZE", "CHECKPOINT");
  }

  private static void copyNoise(Connection connection, long rows) throws SQLException {
    Random random = new Random(20260103);
    byte[] noise = new byte[NOISE_ROW];
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY noise FROM STDIN (FORMAT binary)");
    ByteBuffer header =
        ByteBuffer.allocate(19).put("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1));
    copy.writeToCopy(header.array(), 0, header.capacity());
    ByteBuffer row = ByteBuffer.allocate(2 + 4 + 4 + 4 + NOISE_ROW);
    for (int i = 0; i < rows; i++) {
      random.nextBytes(noise);
      row.clear().putShort((short) 2).putInt(4).putInt(i).putInt(NOISE_ROW).put(noise);
      copy.writeToCopy(row.array(), 0, row.capacity());
    }
    copy.writeToCopy(new byte[] {-1, -1}, 0, 2);
    copy.endCopy();
  }

  /** Writes about so much WAL: updates, and pages as they were before. Ends a segment. */
  void writeWal(long bytes) throws SQLException {
    String begin = walPosition();
    int range = 0;
    while (walSince(begin) < bytes) {
      server.execute(
          "CHECKPOINT",
          "UPDATE accounts SET balance = balance + 1 WHERE id % 50 = " + range++ % 50);
    }
    server.execute("SELECT pg_switch_wal()", "CHECKPOINT");
  }

  String walPosition() throws SQLException {
    return server.query("SELECT pg_current_wal_flush_lsn()");
  }

  long walSince(String position) throws SQLException {
    return Long.parseLong(
        server.query("SELECT pg_current_wal_flush_lsn() - '" + position + "'::pg_lsn"));
  }

  /** Bytes of its files, but for the WAL. */
  long size() {
    return Disk.size(server.dataDirectory()) - Disk.size(server.dataDirectory().resolve("pg_wal"));
  }

  void checkpoint() throws SQLException {
    server.execute("CHECKPOINT");
  }

  /** Makes a slot that keeps WAL from now on. */
  void createSlot(String name) throws SQLException {
    server.query("SELECT pg_create_physical_replication_slot('" + name + "', true)");
  }

  /** Makes a slot that keeps what another one does. */
  void copySlot(String from, String name) throws SQLException {
    server.query("SELECT pg_copy_physical_replication_slot('" + from + "', '" + name + "')");
  }

  /** Drops a slot if it is there; whoever used it may just be ending. */
  void dropSlot(String name) throws SQLException {
    server.execute(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
            + " WHERE slot_name = '"
            + name
            + "' AND active",
        "DO $$ BEGIN FOR i IN 1..100 LOOP"
            + " EXIT WHEN NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '"
            + name
            + "' AND active); PERFORM pg_sleep(0.05); END LOOP; END $$",
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
            + name
            + "'");
  }

  /** A copy of its files while it is stopped. */
  void copyStopped(Path target) {
    server.stop(PostgresServer.Mode.FAST);
    try {
      Disk.copy(server.dataDirectory(), target);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } finally {
      server.start();
    }
  }
}
