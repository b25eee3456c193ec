package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.postgres.Lsn;

/**
 * Where a record lies.
 *
 * @param start its first byte: what {@code pg_waldump} prints as {@code lsn} and what {@code
 *     recovery_target_lsn} is compared with
 * @param end the position behind it, rounded up to 8 bytes; behind a segment switch the start of
 *     the next segment
 * @param previous the start of the record before it
 */
public record RecordLocation(Lsn start, Lsn end, Lsn previous) {}
