package dev.pgbackup.bench.whole;

import java.nio.file.Path;
import java.util.Set;

/**
 * How much is measured.
 *
 * @param bytes of the database, about
 * @param runs of everything that is compared
 * @param walBytes of the backlog that is archived and replayed, about
 * @param walRate bytes a second of WAL while it is streamed
 * @param walSeconds how long
 * @param parallelism connections of a backup and requests of a restore
 * @param program what is measured
 */
record Options(
    long bytes,
    int runs,
    long walBytes,
    long walRate,
    int walSeconds,
    int parallelism,
    Path program,
    Set<Stage> stages) {

  /** A part of the benchmark. */
  enum Stage {
    /** Full backup, unchanged second backup, restore of the base. */
    backup,
    /** A backlog of WAL into the store, and its replay. */
    wal,
    /** Steady WAL: lag, CPU time, memory; the same with a backup at the same time. */
    stream,
    /** Requests, counted on the wire. */
    requests
  }
}
