package dev.pgbackup.engine.postgres.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a server has that another data directory in its place will not have. */
public record SwapHazards(List<LogicalSlot> slots, List<PreparedTransaction> prepared) {

  public SwapHazards {
    slots = List.copyOf(slots);
    prepared = List.copyOf(prepared);
  }

  /** A logical replication slot. */
  public record LogicalSlot(String name, @Nullable String database, @Nullable String plugin) {}

  /** A transaction that waits for its second phase. */
  public record PreparedTransaction(String gid, String database, Instant preparedAt) {}

  /** Asks for it: both views can be read by everybody. */
  public static SwapHazards of(ServerSession session) {
    try (Statement statement = session.jdbc().createStatement()) {
      return new SwapHazards(slots(statement), prepared(statement));
    } catch (SQLException e) {
      throw session.errors().of("looking for logical slots and prepared transactions", e);
    }
  }

  private static List<LogicalSlot> slots(Statement statement) throws SQLException {
    List<LogicalSlot> slots = new ArrayList<>();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT slot_name, database, plugin FROM pg_catalog.pg_replication_slots"
                + " WHERE slot_type = 'logical' AND NOT temporary ORDER BY slot_name")) {
      while (row.next()) {
        slots.add(new LogicalSlot(row.getString(1), row.getString(2), row.getString(3)));
      }
    }
    return slots;
  }

  private static List<PreparedTransaction> prepared(Statement statement) throws SQLException {
    List<PreparedTransaction> prepared = new ArrayList<>();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT gid, database, prepared FROM pg_catalog.pg_prepared_xacts ORDER BY prepared")) {
      while (row.next()) {
        prepared.add(
            new PreparedTransaction(
                row.getString(1),
                row.getString(2),
                row.getObject(3, OffsetDateTime.class).toInstant()));
      }
    }
    return prepared;
  }
}
