package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.WriteRight;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Where WAL is written to, by what right, and the threads that do it: of one attachment. */
final class WalUploads implements AutoCloseable {

  private static final Duration LAST_CHORES = Duration.ofSeconds(2);

  private final Archive archive;
  private final WriteRight right;
  private final ExecutorService threads;
  private final Housekeeping housekeeping = new Housekeeping();
  private final SegmentPipeline pipeline;

  WalUploads(
      Archive archive, WriteRight right, ArchivingSettings settings, ArchivingControl control) {
    this.archive = archive;
    this.right = right;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            settings.uploads(),
            task -> {
              Thread thread = new Thread(task, "wal-upload-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.pipeline =
        new SegmentPipeline(
            archive.segmentSize(),
            new WalObjectWriter(archive, right),
            threads,
            new SegmentPipeline.Limits(
                settings.flushInterval(), settings.memoryBytes(), settings.uploads()),
            control::wake,
            housekeeping::later);
  }

  Archive archive() {
    return archive;
  }

  WriteRight right() {
    return right;
  }

  WalTidier tidier() {
    return new WalTidier(archive, right);
  }

  SegmentPipeline pipeline() {
    return pipeline;
  }

  Housekeeping housekeeping() {
    return housekeeping;
  }

  /** Gives up what is not stored; chores have a moment to end. */
  @Override
  public void close() {
    threads.shutdownNow();
    pipeline.close();
    housekeeping.close(LAST_CHORES);
  }
}
