package dev.pgbackup.testkit;

import dev.pgbackup.testkit.RecordedTransaction.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** The transactions of one connection of a {@link Workload}, on rows that are its own. */
final class WorkloadConnection {

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final long ROWS_EACH = 1_000_000_000L;
  private static final int OBJECTS_EACH = 1_000_000;
  private static final int FIRST_OBJECT = 100_000;
  private static final int MOST_PREPARED = 2;

  /** The transaction that is being made. */
  private static final class Draft {
    private final long xid;
    private Map<String, Optional<String>> changes = new HashMap<>();
    private List<Long> subtransactions = new ArrayList<>();
    private final List<Long> undone = new ArrayList<>();

    Draft(long xid) {
      this.xid = xid;
    }

    RecordedTransaction recorded(
        Outcome outcome,
        Optional<Long> prepared,
        Optional<String> name,
        long before,
        long after,
        Optional<Instant> time) {
      return new RecordedTransaction(
          xid, subtransactions, undone, outcome, prepared, name, before, after, time, changes);
    }
  }

  private final Workload workload;
  private final int number;
  private final Random random;
  private final TreeMap<String, String> committed = new TreeMap<>();
  private long rows;
  private int objects;

  WorkloadConnection(Workload workload, int number) {
    this.workload = workload;
    this.number = number;
    this.random = new Random(workload.seed() * 1_000_003 + number);
  }

  void run(int transactions) throws SQLException {
    readJournal();
    try (Connection connection = workload.connect()) {
      for (int i = 0; i < transactions && !workload.mustStop(); i++) {
        List<RecordedTransaction> prepared = prepared();
        if (!prepared.isEmpty() && random.nextInt(3) == 0) {
          endPrepared(connection, prepared.get(0), random.nextInt(4) > 0);
        }
        transaction(connection);
      }
    } catch (SQLException failure) {
      if (!isDisconnect(failure)) {
        throw failure;
      }
      workload.lostConnection();
    }
  }

  void commitPrepared() throws SQLException {
    try (Connection connection = workload.connect()) {
      for (RecordedTransaction transaction : prepared()) {
        endPrepared(connection, transaction, true);
      }
    }
  }

  /** Takes over what the journal says of this connection's rows and objects. */
  private void readJournal() {
    committed.clear();
    workload.journal().contents().forEach(this::takeOver);
    for (RecordedTransaction transaction : workload.journal().transactions()) {
      transaction.changes().keySet().forEach(this::count);
    }
    prepared().forEach(transaction -> transaction.changes().keySet().forEach(this::count));
  }

  private void takeOver(String key, String checksum) {
    if (isOwn(key)) {
      committed.put(key, checksum);
    }
  }

  private void count(String key) {
    if (isOwn(key)) {
      long id = idOf(key);
      if (isRow(key)) {
        rows = Math.max(rows, id - number * ROWS_EACH + 1);
      } else {
        objects = Math.max(objects, (int) id - FIRST_OBJECT - number * OBJECTS_EACH + 1);
      }
    }
  }

  private boolean isOwn(String key) {
    return (isRow(key) ? idOf(key) / ROWS_EACH : (idOf(key) - FIRST_OBJECT) / OBJECTS_EACH)
        == number;
  }

  private static boolean isRow(String key) {
    return key.startsWith("row ");
  }

  private static long idOf(String key) {
    return Long.parseLong(key.substring(key.indexOf(' ') + 1));
  }

  private List<RecordedTransaction> prepared() {
    String mine = "workload-" + number + "-";
    return workload.journal().prepared().stream()
        .filter(transaction -> transaction.name().orElseThrow().startsWith(mine))
        .toList();
  }

  private static boolean isDisconnect(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  private void transaction(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    Draft draft = new Draft(number(connection, "SELECT pg_current_xact_id()::text::bigint"));
    int steps = 1 + random.nextInt(4);
    for (int i = 0; i < steps; i++) {
      if (random.nextInt(4) == 0) {
        subtransaction(connection, draft, 1);
      } else {
        change(connection, draft);
      }
    }
    int end = random.nextInt(20);
    if (end < 3) {
      end(connection, draft, Outcome.ABORTED);
    } else if (end < 7 && workload.prepares() && prepared().size() < MOST_PREPARED) {
      prepare(connection, draft);
    } else {
      end(connection, draft, Outcome.COMMITTED);
    }
  }

  private void subtransaction(Connection connection, Draft draft, int depth) throws SQLException {
    Map<String, Optional<String>> changesBefore = new HashMap<>(draft.changes);
    List<Long> subtransactionsBefore = new ArrayList<>(draft.subtransactions);
    String savepoint = "s" + depth;
    execute(connection, "SAVEPOINT " + savepoint);
    draft.subtransactions.add(full(draft.xid, insert(connection, draft)));
    if (depth < 3 && random.nextBoolean()) {
      subtransaction(connection, draft, depth + 1);
    } else {
      change(connection, draft);
    }
    if (random.nextInt(3) > 0) {
      execute(connection, "RELEASE SAVEPOINT " + savepoint);
    } else {
      execute(connection, "ROLLBACK TO SAVEPOINT " + savepoint);
      execute(connection, "RELEASE SAVEPOINT " + savepoint);
      List<Long> inside = new ArrayList<>(draft.subtransactions);
      inside.removeAll(subtransactionsBefore);
      draft.undone.addAll(inside);
      draft.subtransactions = subtransactionsBefore;
      draft.changes = changesBefore;
    }
  }

  /** The 64-bit form of a subtransaction's xid, which is a little newer than its parent's. */
  private static long full(long parent, long xid) {
    return parent + ((xid - parent) & 0xFFFF_FFFFL);
  }

  private void change(Connection connection, Draft draft) throws SQLException {
    Optional<Long> existing = someRow(draft);
    int kind = random.nextInt(10);
    if (kind < 3 && existing.isPresent()) {
      update(connection, draft, existing.get());
    } else if (kind < 4 && existing.isPresent()) {
      delete(connection, draft, existing.get());
    } else if (kind < 5 && workload.makesLargeObjects()) {
      createObject(connection, draft);
    } else {
      insert(connection, draft);
    }
  }

  /** A row that was there before the transaction, and that no other has changed and not ended. */
  private Optional<Long> someRow(Draft draft) {
    List<RecordedTransaction> prepared = prepared();
    List<String> keys =
        committed.keySet().stream()
            .filter(WorkloadConnection::isRow)
            .filter(key -> !draft.changes.containsKey(key))
            .filter(key -> prepared.stream().noneMatch(other -> other.changes().containsKey(key)))
            .toList();
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(idOf(keys.get(random.nextInt(keys.size()))));
  }

  /** Inserts a row; tells the xid that it carries. */
  private long insert(Connection connection, Draft draft) throws SQLException {
    long id = number * ROWS_EACH + rows++;
    String payload = payload();
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO workload (id, payload) VALUES (?, ?)")) {
      insert.setLong(1, id);
      insert.setString(2, payload);
      insert.executeUpdate();
    }
    draft.changes.put("row " + id, Optional.of(Workload.checksum(payload)));
    return number(connection, "SELECT xmin::text::bigint FROM workload WHERE id = " + id);
  }

  private void update(Connection connection, Draft draft, long id) throws SQLException {
    String payload = payload();
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE workload SET payload = ? WHERE id = ?")) {
      update.setString(1, payload);
      update.setLong(2, id);
      requireOne(update.executeUpdate());
    }
    draft.changes.put("row " + id, Optional.of(Workload.checksum(payload)));
  }

  private void delete(Connection connection, Draft draft, long id) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM workload WHERE id = ?")) {
      delete.setLong(1, id);
      requireOne(delete.executeUpdate());
    }
    draft.changes.put("row " + id, Optional.empty());
  }

  private void createObject(Connection connection, Draft draft) throws SQLException {
    int oid = FIRST_OBJECT + number * OBJECTS_EACH + objects++;
    String payload = payload();
    try (PreparedStatement create =
        connection.prepareStatement("SELECT lo_from_bytea(?, convert_to(?, 'UTF8'))")) {
      create.setInt(1, oid);
      create.setString(2, payload);
      create.execute();
    }
    draft.changes.put("object " + oid, Optional.of(Workload.checksum(payload)));
  }

  private static void requireOne(int rows) {
    if (rows != 1) {
      throw new IllegalStateException("the workload's book is wrong about its own rows");
    }
  }

  private void prepare(Connection connection, Draft draft) throws SQLException {
    String name = "workload-" + number + "-" + draft.xid;
    synchronized (workload.ending()) {
      requireConnected();
      long before = walEnd(connection);
      try {
        execute(connection, "PREPARE TRANSACTION '" + name + "'");
        addPrepared(draft, name, walEnd(connection));
      } catch (SQLException broken) {
        workload.lostConnection();
        addPrepared(draft, name, before);
        throw broken;
      }
      connection.commit();
    }
  }

  private void addPrepared(Draft draft, String name, long lsn) {
    workload
        .journal()
        .addPrepared(
            draft.recorded(
                Outcome.UNKNOWN, Optional.of(lsn), Optional.of(name), lsn, lsn, Optional.empty()));
  }

  private void endPrepared(Connection connection, RecordedTransaction transaction, boolean commit)
      throws SQLException {
    connection.setAutoCommit(true);
    Draft draft = new Draft(transaction.xid());
    draft.changes = transaction.changes();
    draft.subtransactions = transaction.subtransactions();
    draft.undone.addAll(transaction.undoneSubtransactions());
    Ending ending =
        () ->
            execute(
                connection,
                (commit ? "COMMIT" : "ROLLBACK")
                    + " PREPARED '"
                    + transaction.name().orElseThrow()
                    + "'");
    finish(
        connection,
        draft,
        commit ? Outcome.COMMITTED : Outcome.ABORTED,
        transaction.prepared(),
        transaction.name(),
        ending,
        () -> workload.journal().removePrepared(transaction));
  }

  private void end(Connection connection, Draft draft, Outcome outcome) throws SQLException {
    Ending ending = outcome == Outcome.COMMITTED ? connection::commit : connection::rollback;
    finish(connection, draft, outcome, Optional.empty(), Optional.empty(), ending, () -> {});
  }

  /** What makes a transaction end. */
  private interface Ending {
    void run() throws SQLException;
  }

  private void finish(
      Connection connection,
      Draft draft,
      Outcome outcome,
      Optional<Long> preparedAt,
      Optional<String> name,
      Ending ending,
      Runnable afterwards)
      throws SQLException {
    synchronized (workload.ending()) {
      requireConnected();
      long before = walEnd(connection);
      try {
        ending.run();
      } catch (SQLException broken) {
        workload.lostConnection();
        workload
            .journal()
            .addEnded(
                draft.recorded(
                    Outcome.UNKNOWN, preparedAt, name, before, before, Optional.empty()));
        throw broken;
      }
      afterwards.run();
      long after = before;
      Optional<Instant> time = Optional.empty();
      try {
        connection.setAutoCommit(true);
        after = walEnd(connection);
        if (outcome == Outcome.COMMITTED && workload.tracksTimestamps()) {
          time = commitTime(connection, draft.xid);
        }
      } catch (SQLException broken) {
        workload.lostConnection();
      }
      workload.journal().addEnded(draft.recorded(outcome, preparedAt, name, before, after, time));
      if (outcome == Outcome.COMMITTED) {
        draft.changes.forEach(
            (key, checksum) ->
                checksum.ifPresentOrElse(
                    value -> committed.put(key, value), () -> committed.remove(key)));
      }
    }
  }

  private void requireConnected() throws SQLException {
    if (workload.isDisconnected()) {
      throw new SQLException("the server went away", "08006");
    }
  }

  private static Optional<Instant> commitTime(Connection connection, long xid) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT pg_xact_commit_timestamp(?::text::xid)")) {
      query.setLong(1, xid & 0xFFFF_FFFFL);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return Optional.ofNullable(row.getObject(1, OffsetDateTime.class))
            .map(OffsetDateTime::toInstant);
      }
    }
  }

  private static long walEnd(Connection connection) throws SQLException {
    return number(connection, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint");
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Mostly short; some so long that they are kept out of line. */
  private String payload() {
    int length = random.nextInt(12) == 0 ? 3_000 + random.nextInt(20_000) : random.nextInt(300);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
