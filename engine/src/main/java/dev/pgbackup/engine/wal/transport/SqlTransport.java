package dev.pgbackup.engine.wal.transport;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * WAL over an ordinary connection: asks for the flush position, reads the files of {@code pg_wal}
 * up to it, and moves a slot on behind what is durable.
 *
 * <p>Needs no line for {@code replication} in {@code pg_hba.conf}. The slot looks inactive to the
 * server; it counts as used each time it is confirmed, also where it does not move.
 */
public final class SqlTransport implements WalTransport {

  /** Said by every statement beside its own answer. */
  private static final String WITNESS =
      """
      pg_postmaster_start_time() AS started,
             r.in_recovery,
             CASE WHEN NOT r.in_recovery
                  THEN pg_walfile_name(pg_current_wal_flush_lsn()) END AS wal_file
      """;

  private static final String FROM = " FROM (SELECT pg_is_in_recovery() AS in_recovery) r";

  private static final String POLL =
      "SELECT "
          + WITNESS
          + ", CASE WHEN NOT r.in_recovery THEN pg_current_wal_flush_lsn() END AS flushed"
          + FROM;

  private static final String READ =
      "SELECT " + WITNESS + ", pg_read_binary_file(?, ?, ?, true) AS content" + FROM;

  private static final int SMALL_FILE = 1 << 20;

  private final ServerSession session;
  private final ReplicationSlot slot;
  private final PreparedStatement poll;
  private final PreparedStatement read;
  private Lsn confirmed;
  private boolean givenUp;

  private SqlTransport(ServerSession session, ReplicationSlot slot, Lsn restart)
      throws SQLException {
    this.session = session;
    this.slot = slot;
    this.confirmed = restart;
    this.poll = session.jdbc().prepareStatement(POLL);
    this.read = session.jdbc().prepareStatement(READ);
    // a negative threshold: prepared on the server at once, and bytes come as bytes
    read.unwrap(PGStatement.class).setPrepareThreshold(-1);
    poll.unwrap(PGStatement.class).setPrepareThreshold(1);
  }

  /**
   * Connects, and creates the slot if there is none or if it is lost.
   *
   * @throws EngineException as {@link ServerSessions#open} and {@link
   *     ServerFacts#requireArchivable}, and if no slot can be had
   */
  public static SqlTransport open(ServerSessions sessions, String slotName) {
    ServerSession session = sessions.open("archiving");
    try {
      session.facts().requireArchivable();
      ReplicationSlot slot = new ReplicationSlot(session, slotName);
      return new SqlTransport(session, slot, restart(slot));
    } catch (SQLException e) {
      session.close();
      throw session.errors().of("preparing to read WAL", e);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** Where a server's WAL on disk ends now. */
  public static Lsn flushPosition(ServerSession session) {
    try (Statement statement = session.jdbc().createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_current_wal_flush_lsn()")) {
      row.next();
      return Lsn.parse(row.getString(1));
    } catch (SQLException e) {
      throw session.errors().of("asking for the WAL position", e);
    }
  }

  private static Lsn restart(ReplicationSlot slot) {
    Optional<SlotStatus> there = slot.status();
    boolean usable =
        there
            .map(s -> s.availability() != SlotStatus.Availability.Lost && s.restart().isPresent())
            .orElse(false);
    if (usable) {
      return there.orElseThrow().restart().orElseThrow();
    }
    if (there.isPresent()) {
      slot.drop();
    }
    return slot.create();
  }

  @Override
  public String name() {
    return "Sql";
  }

  @Override
  public ServerFacts server() {
    return session.facts();
  }

  @Override
  public WalTip poll() {
    try (ResultSet row = poll.executeQuery()) {
      row.next();
      Timeline timeline = requireSameServer(row);
      return new WalTip(timeline, Lsn.parse(row.getString("flushed")));
    } catch (SQLException e) {
      throw session.errors().of("asking for the WAL position", e);
    }
  }

  @Override
  public boolean read(WalSegment segment, Lsn from, ByteBuffer into) {
    byte[] content =
        content("pg_wal/" + segment.fileName(), from.minus(segment.start()), into.remaining());
    if (content == null || content.length != into.remaining()) {
      return false;
    }
    into.put(content);
    return true;
  }

  @Override
  public Optional<byte[]> historyFile(Timeline timeline) {
    return Optional.ofNullable(content("pg_wal/" + timeline.historyFileName(), 0, SMALL_FILE));
  }

  private byte @Nullable [] content(String path, long offset, long length) {
    try {
      read.setString(1, path);
      read.setLong(2, offset);
      read.setLong(3, length);
      try (ResultSet row = read.executeQuery()) {
        row.next();
        requireSameServer(row);
        return row.getBytes("content");
      }
    } catch (SQLException e) {
      throw session.errors().of("reading " + path, e);
    }
  }

  private Timeline requireSameServer(ResultSet row) throws SQLException {
    String walFile = row.getString("wal_file");
    boolean same =
        row.getObject("started", OffsetDateTime.class)
                .toInstant()
                .equals(session.facts().startedAt())
            && walFile != null
            && Timeline.parseHex(walFile.substring(0, 8)).equals(session.facts().timeline());
    if (!same) {
      throw new EngineException(
          Reason.WrongServer,
          "The server at the other end is no longer the one that the session began with."
              + " The agent connects again.");
    }
    return session.facts().timeline();
  }

  @Override
  public Lsn keptFrom() {
    return confirmed;
  }

  @Override
  public Xid nextXid() {
    try (Statement statement = session.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")) {
      row.next();
      return Xid.parse(row.getString(1));
    } catch (SQLException e) {
      throw session.errors().of("asking for the next transaction id", e);
    }
  }

  @Override
  public void confirm(Lsn durable) {
    confirmed = Lsn.max(durable, confirmed);
    if (!givenUp) {
      slot.advance(confirmed);
    }
  }

  @Override
  public Optional<SlotStatus> slot() {
    return givenUp ? Optional.of(SlotStatus.lost(slot.name())) : slot.status();
  }

  @Override
  public void giveUpSlot() {
    slot.drop();
    givenUp = true;
  }

  @Override
  public void close() {
    session.close();
  }
}
