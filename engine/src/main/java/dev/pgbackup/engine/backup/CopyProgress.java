package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.BackupId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts what was done and passes it on. Workers count; one thread does the rest. */
final class CopyProgress {

  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(10);

  private final BackupId backup;
  private final Instant startedAt;
  private final BackupProgress listener;
  private final LongSupplier nanoTime;
  private final UploadTotals uploaded;
  private final CorruptPages corrupt;
  private final LongAdder bytesDone = new LongAdder();
  private final Deque<Sample> samples = new ArrayDeque<>();
  private BackupPhase phase = BackupPhase.Preparing;
  private long bytesTotal;
  private long filesTotal;
  private long filesDone;
  private long reportedAt;

  private record Sample(long at, long bytes) {}

  CopyProgress(
      BackupId backup,
      Instant startedAt,
      BackupProgress listener,
      LongSupplier nanoTime,
      UploadTotals uploaded,
      CorruptPages corrupt) {
    this.backup = backup;
    this.startedAt = startedAt;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.uploaded = uploaded;
    this.corrupt = corrupt;
  }

  /** Counts bytes that a worker has read. */
  void read(long bytes) {
    bytesDone.add(bytes);
  }

  /** Counts a file that will be copied. */
  void expect(SourceFile file) {
    bytesTotal += file.size();
    filesTotal++;
  }

  void fileDone() {
    filesDone++;
  }

  void enter(BackupPhase next) {
    phase = next;
    report();
  }

  /** Reports if it is time to. */
  void tick() {
    if (nanoTime.getAsLong() - reportedAt >= EVERY) {
      report();
    }
  }

  private void report() {
    reportedAt = nanoTime.getAsLong();
    long done = bytesDone.sum();
    long rate = rate(done);
    long total = Math.max(bytesTotal, done);
    listener.at(
        new BackupStatus(
            backup,
            phase,
            startedAt,
            done,
            total,
            filesDone,
            Math.max(filesTotal, filesDone),
            uploaded.newBytes(),
            uploaded.storedBytes(),
            corrupt.count(),
            rate,
            rate == 0 || phase != BackupPhase.Copying
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds((total - done) / rate))));
  }

  private long rate(long done) {
    samples.addLast(new Sample(reportedAt, done));
    while (samples.size() > 2 && reportedAt - samples.peekFirst().at() > WINDOW) {
      samples.removeFirst();
    }
    Sample first = samples.getFirst();
    long elapsed = reportedAt - first.at();
    return elapsed <= 0
        ? 0
        : (long) ((done - first.bytes()) * (double) TimeUnit.SECONDS.toNanos(1) / elapsed);
  }
}
