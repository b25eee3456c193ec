package dev.pgbackup.bench.whole;

import org.jspecify.annotations.Nullable;

/**
 * One measurement.
 *
 * @param what was to be done
 * @param by who did it
 * @param reference whether the others' figures of the same work and run are divided by this one's
 * @param run counted from 1
 * @param bytes of files or WAL that were worked on
 * @param storedBytes what came of it in the store or on the disk
 * @param requests that the object store got
 * @param lag of WAL behind its commit
 */
record Figure(
    String what,
    String by,
    boolean reference,
    int run,
    long bytes,
    Usage usage,
    @Nullable Long storedBytes,
    @Nullable Long requests,
    @Nullable Lag lag) {

  /** Seconds from a commit until its WAL was durable in the store. */
  record Lag(double median, double p99, double most) {}

  static Figure of(String what, String by, int run, long bytes, Usage usage) {
    return new Figure(what, by, false, run, bytes, usage, null, null, null);
  }

  Figure asReference() {
    return new Figure(what, by, true, run, bytes, usage, storedBytes, requests, lag);
  }

  Figure stored(long count) {
    return new Figure(what, by, reference, run, bytes, usage, count, requests, lag);
  }

  Figure requests(long count) {
    return new Figure(what, by, reference, run, bytes, usage, storedBytes, count, lag);
  }

  Figure lag(Lag behind) {
    return new Figure(what, by, reference, run, bytes, usage, storedBytes, requests, behind);
  }
}
