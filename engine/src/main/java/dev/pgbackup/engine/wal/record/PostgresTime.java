package dev.pgbackup.engine.wal.record;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** PostgreSQL's {@code TimestampTz}: microseconds since 2000-01-01 00:00 UTC. */
public final class PostgresTime {

  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private PostgresTime() {}

  public static Instant toInstant(long micros) {
    return EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Finer digits than microseconds are cut off. */
  public static long toMicros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond() - EPOCH.getEpochSecond(), 1_000_000L),
        instant.getNano() / 1_000);
  }
}
