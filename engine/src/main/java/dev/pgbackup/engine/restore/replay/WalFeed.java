package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Family;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.restore.plan.PathWal;
import dev.pgbackup.engine.restore.plan.WalPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what a replaying server asks for, and has the next segments ready before it does.
 *
 * <p>"Absent" is said only of what lies behind the target or off its path, which the plan proves. A
 * store that fails is tried again for a while; then the server is told to stop, never that the WAL
 * has come to its end.
 */
public final class WalFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WalFeed.class);

  private static final Pattern HISTORY = Pattern.compile("([0-9A-F]{8})\\.history");
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration CLOSING = Duration.ofSeconds(30);

  private final SharedFolder folder;
  private final WalPath path;
  private final PathWal wal;
  private final HistoryAnswers histories;
  private final FeedSettings settings;
  private final WalCheck check;
  private final WalSpool spool;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;
  private volatile @Nullable EngineException failure;

  /**
   * @param check looks at every segment before the server gets it
   */
  public WalFeed(
      SharedFolder folder,
      WalPath path,
      PathWal wal,
      HistoryAnswers histories,
      FeedSettings settings,
      WalCheck check) {
    this.folder = folder;
    this.path = path;
    this.wal = wal;
    this.histories = histories;
    this.settings = settings;
    this.check = check;
    this.spool = new WalSpool(path, settings.ahead(path.size()));
  }

  /** Begins to fetch from the path's beginning, and to answer. */
  public void start() {
    spool.ask(path.first());
    thread("pgbackup-feed", this::answer);
    for (int i = 0; i < settings.parallelism(); i++) {
      thread("pgbackup-fetch-" + i, this::fetch);
    }
  }

  private void thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  /** Why the server was told to stop; empty while all is well. */
  public Optional<EngineException> failure() {
    return Optional.ofNullable(failure);
  }

  /** The segment that the server asked for last. */
  public Optional<WalSegment> asked() {
    return spool.asked();
  }

  private void answer() {
    try {
      while (!closed && failure == null) {
        for (String name : folder.wanted()) {
          answer(name);
        }
        Thread.sleep(LOOK.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (EngineException e) {
      fail(e);
    } catch (RuntimeException e) {
      fail(new EngineException(Reason.InternalError, "feeding the server failed: " + e, e));
    }
  }

  private void answer(String name) throws InterruptedException {
    Matcher history = HISTORY.matcher(name);
    if (history.matches()) {
      answerHistory(name, Timeline.parseHex(history.group(1)));
      folder.heard(name);
    } else if (isOnPath(name)) {
      WalSegment segment = WalSegment.parse(name, path.size());
      spool.ask(segment).forEach(behind -> folder.delete("wal/" + behind.fileName()));
      if (spool.isReady(segment)) {
        folder.heard(name);
      }
    } else {
      folder.absent(name);
      folder.heard(name);
    }
  }

  private boolean isOnPath(String name) {
    return WalSegment.isSegmentName(name) && path.contains(WalSegment.parse(name, path.size()));
  }

  private void answerHistory(String name, Timeline timeline) throws InterruptedException {
    if (Files.exists(folder.segment(name))) {
      return;
    }
    Optional<byte[]> content =
        patiently("history of timeline " + timeline, () -> histories.of(timeline));
    if (content.isEmpty()) {
      folder.absent(name);
      return;
    }
    Path part = folder.segment(name + ".part");
    try {
      Files.write(part, content.get());
      Files.move(part, folder.segment(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw folder.failed("cannot be written to", e);
    }
  }

  private void fetch() {
    try {
      for (Optional<WalSegment> next = spool.take(); next.isPresent(); next = spool.take()) {
        WalSegment segment = next.get();
        patiently(
            "segment " + segment,
            () -> {
              write(segment);
              return segment;
            });
        if (spool.awaitTurn(segment)) {
          handOver(segment);
          spool.ready(segment);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (EngineException e) {
      fail(e);
    } catch (RuntimeException e) {
      fail(new EngineException(Reason.InternalError, "fetching WAL failed: " + e, e));
    }
  }

  /** The segment as the server gets it: whole, with zeros behind the end of the path. */
  private void write(WalSegment segment) {
    Path part = part(segment);
    try (FileChannel file =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      wal.read(
          segment,
          () -> {
            restart(file);
            return bytes -> append(file, bytes);
          });
      long rest = segment.size().bytes() - file.position();
      if (rest > 0) {
        file.write(java.nio.ByteBuffer.allocate(1), segment.size().bytes() - 1L);
      }
    } catch (IOException | UncheckedIOException e) {
      throw folder.failed("cannot hold " + segment, e);
    }
  }

  private Path part(WalSegment segment) {
    return folder.segment(segment.fileName() + ".part");
  }

  private void handOver(WalSegment segment) {
    check.look(segment, part(segment));
    try {
      Files.move(part(segment), folder.segment(segment.fileName()), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw folder.failed("cannot hold " + segment, e);
    }
  }

  private static void restart(FileChannel file) {
    try {
      file.truncate(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void append(FileChannel file, java.nio.ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Attempt<T> {
    T run();
  }

  /** Tries until it succeeds, the store's failures have lasted too long, or nobody waits. */
  private <T> T patiently(String what, Attempt<T> attempt) throws InterruptedException {
    long begun = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return attempt.run();
      } catch (EngineException e) {
        boolean lasting = System.nanoTime() - begun > settings.patience().toNanos();
        if (closed || failure != null || e.reason().family() != Family.STORE || lasting) {
          throw e;
        }
        LOG.warn("The {} cannot be fetched yet: {}", what, e.getMessage());
      }
      Thread.sleep(pause.toMillis());
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
  }

  private synchronized void fail(EngineException e) {
    if (closed || failure != null) {
      return;
    }
    failure = e;
    spool.close();
    try {
      folder.write("failed", e.reason().name() + "\n");
    } catch (EngineException unwritable) {
      LOG.warn("The server cannot be told to stop: {}", unwritable.getMessage());
    }
  }

  /** Ends; nothing is answered any more. */
  @Override
  public void close() {
    closed = true;
    spool.close();
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join(CLOSING.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
