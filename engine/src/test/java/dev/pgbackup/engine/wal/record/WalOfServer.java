package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.testkit.Journal;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import dev.pgbackup.testkit.Workload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * WAL that a real server wrote about all that a decoder must know, what the server said of it at
 * that time, and what the decoder makes of it.
 *
 * <p>Segments are small, so that many records go on in the next one. The server is promoted in the
 * course of it, so the end of the WAL is on timeline 2.
 */
final class WalOfServer {

  static final WalSegmentSize SEGMENT = new WalSegmentSize(1 << 20);

  private static final int PIECE = 100_003;

  /** A record as it is reported to a {@link RecordBoundaryConsumer}. */
  record Boundary(Lsn start, Lsn end, Lsn previous) {}

  final PostgresServer server;
  final Journal journal;
  final Lsn start;
  final Lsn end;
  final Map<String, String> facts = new HashMap<>();
  final List<WalEvent> events = new ArrayList<>();
  final List<Boundary> boundaries = new ArrayList<>();

  WalOfServer(PostgresBinaries binaries) throws Exception {
    server =
        PostgresServer.builder(binaries)
            .walSegmentMiB(1)
            .setting("max_prepared_transactions", "20")
            .setting("track_commit_timestamp", "on")
            .setting("wal_keep_size", "1GB")
            .setting("timezone", "UTC")
            .create();
    start = lsn("pg_current_wal_insert_lsn()");
    Xid nextXid = Xid.parse(server.query("SELECT pg_snapshot_xmax(pg_current_snapshot())"));

    Workload workload = Workload.on(server).seed(3).preparedTransactions().create().run(60);
    backUp();
    change();
    server.execute("CHECKPOINT");
    workload.run(20);
    raiseLimit();
    promote();
    workload.run(20);
    journal = workload.journal();
    server.execute("SELECT pg_switch_wal()", "CHECKPOINT");
    end = lsn("pg_current_wal_flush_lsn()");

    decode(nextXid);
  }

  private void backUp() throws SQLException {
    boolean renamed = server.binaries().major() >= 15;
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet row =
          statement.executeQuery(
              renamed
                  ? "SELECT pg_backup_start('b', true)"
                  : "SELECT pg_start_backup('b', true, false)")) {
        row.next();
        facts.put("backup start", row.getString(1));
      }
      statement.execute(
          renamed ? "SELECT pg_backup_stop(false)" : "SELECT pg_stop_backup(false, false)");
    }
  }

  private void change() throws SQLException {
    server.execute(
        "CREATE TABLE dropped (i int PRIMARY KEY, t text)",
        "CREATE TABLE truncated AS SELECT generate_series(1, 100) i",
        "CREATE DATABASE other");
    ask("dropped table", "SELECT pg_relation_filenode('dropped')");
    ask("dropped index", "SELECT pg_relation_filenode('dropped_pkey')");
    ask(
        "dropped toast",
        "SELECT pg_relation_filenode(reltoastrelid) FROM pg_class WHERE relname = 'dropped'");
    ask(
        "dropped toast index",
        "SELECT pg_relation_filenode(i.indexrelid) FROM pg_index i"
            + " JOIN pg_class c ON c.reltoastrelid = i.indrelid WHERE c.relname = 'dropped'");
    ask("truncated table", "SELECT pg_relation_filenode('truncated')");
    ask("database", "SELECT oid FROM pg_database WHERE datname = current_database()");
    ask("other database", "SELECT oid FROM pg_database WHERE datname = 'other'");
    askTransaction("drop xid", "DROP TABLE dropped");
    askTransaction("truncate xid", "TRUNCATE truncated");
    server.execute("DROP DATABASE other");
    ask("restore point", "SELECT pg_create_restore_point('before the füll moon')");
    ask("restore point again", "SELECT pg_create_restore_point('before the füll moon')");
    server.execute("SELECT pg_switch_wal()");
  }

  private void raiseLimit() throws SQLException {
    server.execute("ALTER SYSTEM SET max_connections = 123");
    server.restart();
  }

  private void promote() throws Exception {
    server.stop(Mode.FAST);
    Files.createFile(server.dataDirectory().resolve("standby.signal"));
    server.start();
    server.execute("SELECT pg_promote()");
  }

  private void ask(String fact, String query) throws SQLException {
    facts.put(fact, server.query(query));
  }

  private void askTransaction(String fact, String statement) throws SQLException {
    try (Connection connection = server.connect();
        Statement sql = connection.createStatement()) {
      connection.setAutoCommit(false);
      sql.execute(statement);
      try (ResultSet row = sql.executeQuery("SELECT pg_current_xact_id()::text")) {
        row.next();
        facts.put(fact, row.getString(1));
      }
      connection.commit();
    }
  }

  private Lsn lsn(String function) throws SQLException {
    return Lsn.parse(server.query("SELECT " + function));
  }

  private void decode(Xid nextXid) throws IOException {
    List<WalEvent> all = new ArrayList<>();
    List<Boundary> allBoundaries = new ArrayList<>();
    WalDecoder decoder =
        new WalDecoder(
            new WalFormat(server.binaries().major(), SEGMENT),
            SEGMENT.floor(start),
            nextXid,
            all::add,
            (from, to, previous) ->
                allBoundaries.add(new Boundary(new Lsn(from), new Lsn(to), new Lsn(previous))));
    for (Lsn at = SEGMENT.floor(start); at.isBefore(end); at = at.plus(SEGMENT.bytes())) {
      ByteBuffer segment = ByteBuffer.wrap(Files.readAllBytes(file(at)));
      while (segment.hasRemaining()) {
        ByteBuffer piece = segment.slice();
        piece.limit(Math.min(PIECE, piece.remaining()));
        decoder.accept(piece);
        segment.position(segment.position() + piece.position());
      }
    }
    all.stream().filter(event -> isInside(event.start(), event.end())).forEach(events::add);
    allBoundaries.stream()
        .filter(boundary -> isInside(boundary.start(), boundary.end()))
        .forEach(boundaries::add);
  }

  private boolean isInside(Lsn from, Lsn to) {
    return !from.isBefore(start) && !to.isAfter(end);
  }

  /** The newer timeline's file of a segment that both have begun with. */
  private Path file(Lsn at) {
    Path folder = server.dataDirectory().resolve("pg_wal");
    Path newer = folder.resolve(new WalSegment(new Timeline(2), at, SEGMENT).fileName());
    return Files.exists(newer)
        ? newer
        : folder.resolve(new WalSegment(Timeline.FIRST, at, SEGMENT).fileName());
  }

  <E extends WalEvent> List<E> events(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Override
  public String toString() {
    return "WAL of " + server.binaries();
  }
}
