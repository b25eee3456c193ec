package dev.pgbackup.engine.wal.transport;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.session.ServerSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A physical replication slot: because of it, the server keeps WAL that is not archived yet. */
public final class ReplicationSlot {

  private static final String STATUS =
      """
      SELECT slot_type,
             restart_lsn,
             wal_status,
             safe_wal_size,
             coalesce(pg_wal_lsn_diff(
               CASE WHEN pg_is_in_recovery() THEN restart_lsn ELSE pg_current_wal_lsn() END,
               restart_lsn), 0)::bigint AS retained,
             (SELECT setting::bigint * 1024 * 1024 FROM pg_settings
               WHERE name = 'max_slot_wal_keep_size') AS kept,
             (SELECT setting::bigint * CASE unit WHEN 'min' THEN 60 WHEN 'ms' THEN 0 ELSE 1 END
                FROM pg_settings
               WHERE name = 'idle_replication_slot_timeout') AS idle_timeout
        FROM pg_replication_slots
       WHERE slot_name = ?
      """;

  private final ServerSession session;
  private final String name;

  /**
   * @throws EngineException with {@code InvalidArgument} if no slot can have that name
   */
  public ReplicationSlot(ServerSession session, String name) {
    if (!name.matches("[a-z0-9_]{1,63}")) {
      throw new EngineException(
          Reason.InvalidArgument,
          "\"" + name + "\" is not a slot's name: use 1 to 63 of a-z, 0-9 and _.");
    }
    this.session = session;
    this.name = name;
  }

  public String name() {
    return name;
  }

  /** How the slot is; empty if the server has none of that name. */
  public Optional<SlotStatus> status() {
    try (PreparedStatement query = session.jdbc().prepareStatement(STATUS)) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(status(row)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw session.errors().of("looking at slot " + name, e);
    }
  }

  private SlotStatus status(ResultSet row) throws SQLException {
    if (!row.getString("slot_type").equals("physical")) {
      throw new EngineException(
          Reason.SlotInUse,
          "The server has a logical replication slot with the name "
              + name
              + ". Give this agent another slot name.");
    }
    String restart = row.getString("restart_lsn");
    return new SlotStatus(
        name,
        availability(row.getString("wal_status"), restart),
        Optional.ofNullable(restart).map(Lsn::parse),
        row.getLong("retained"),
        optional(row, "safe_wal_size", Long.MIN_VALUE),
        optional(row, "kept", 0),
        seconds(optional(row, "idle_timeout", 1)));
  }

  private static SlotStatus.Availability availability(
      @Nullable String status, @Nullable String restart) {
    if (status == null) {
      return restart == null ? SlotStatus.Availability.Lost : SlotStatus.Availability.Reserved;
    }
    return SlotStatus.Availability.valueOf(
        status.substring(0, 1).toUpperCase(Locale.ROOT) + status.substring(1));
  }

  private static OptionalLong optional(ResultSet row, String column, long least)
      throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() || value < least ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static Optional<Duration> seconds(OptionalLong value) {
    return value.isPresent()
        ? Optional.of(Duration.ofSeconds(value.getAsLong()))
        : Optional.empty();
  }

  /**
   * Creates the slot, with WAL reserved from its first moment.
   *
   * @return from where on the server keeps WAL
   */
  public Lsn create() {
    String sql = "SELECT lsn FROM pg_create_physical_replication_slot(?, true)";
    try (PreparedStatement query = session.jdbc().prepareStatement(sql)) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return Lsn.parse(row.getString(1));
      }
    } catch (SQLException e) {
      throw session.errors().of("creating slot " + name, e);
    }
  }

  /** Drops the slot, if there is one. */
  public void drop() {
    String sql =
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ?";
    try (PreparedStatement query = session.jdbc().prepareStatement(sql)) {
      query.setString(1, name);
      query.executeQuery().close();
    } catch (SQLException e) {
      throw session.errors().of("dropping slot " + name, e);
    }
  }

  /**
   * Moves the slot on, and so tells the server that it is in use.
   *
   * @param position at or behind where it is
   * @throws EngineException with {@code SlotLost} if it is there no more or of no use any more
   */
  public void advance(Lsn position) {
    String sql = "SELECT pg_replication_slot_advance(?, ?::pg_lsn)";
    try (PreparedStatement query = session.jdbc().prepareStatement(sql)) {
      query.setString(1, name);
      query.setString(2, position.toString());
      query.executeQuery().close();
    } catch (SQLException e) {
      if ("42704".equals(e.getSQLState())) {
        throw lost(name, "was dropped", e);
      }
      if ("55000".equals(e.getSQLState()) && isLost()) {
        throw lost(name, "was invalidated by the server", e);
      }
      throw session.errors().of("confirming WAL to slot " + name, e);
    }
  }

  private boolean isLost() {
    return status()
        .map(status -> status.availability() == SlotStatus.Availability.Lost)
        .orElse(true);
  }

  /**
   * The failure of a slot that keeps no WAL any more.
   *
   * @param how it came, as in "was dropped"
   */
  public static EngineException lost(String name, String how, @Nullable Exception cause) {
    return new EngineException(
        Reason.SlotLost,
        "Slot "
            + name
            + " "
            + how
            + ": the server no longer keeps WAL for this agent. It is created again by itself;"
            + " if WAL was lost meanwhile, that is recorded as a gap, and a new base backup is"
            + " needed. Raise max_slot_wal_keep_size if this comes again.",
        cause);
  }
}
