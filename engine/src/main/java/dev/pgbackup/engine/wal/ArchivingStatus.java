package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.wal.transport.SlotStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * How archiving goes, at one moment. What is not known is empty.
 *
 * @param message what is wrong and what to do about it; empty while all is well
 * @param reason of the last failure, while it lasts
 * @param transport the way to the WAL, as in {@code Sql}
 * @param slotName the slot that is used, also while it is not there
 * @param slot as the server last showed it
 * @param timeline of what follows
 * @param server where the server's WAL ended when it was last asked
 * @param received everything before it was read from the server
 * @param durable everything before it is in the store
 * @param upToDateAt the last moment of which is known that all WAL written before it is in the
 *     store
 */
public record ArchivingStatus(
    ArchivingState state,
    String message,
    Optional<Reason> reason,
    Optional<String> transport,
    String slotName,
    Optional<SlotStatus> slot,
    Optional<Timeline> timeline,
    Optional<Lsn> server,
    Optional<Lsn> received,
    Optional<Lsn> durable,
    Optional<Instant> upToDateAt) {

  /** How much WAL the server has that the store does not. */
  public Optional<Long> lagBytes() {
    return server.flatMap(end -> durable.map(stored -> Math.max(0, end.minus(stored))));
  }
}
