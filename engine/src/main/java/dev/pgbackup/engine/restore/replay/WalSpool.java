package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.restore.plan.WalPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which segments of a path lie ready, which are being fetched, and which comes next: those that
 * follow the one that was asked for last. It holds no bytes, and decides without any I/O.
 */
final class WalSpool {

  private enum State {
    FETCHING,
    READY
  }

  private final WalPath path;
  private final int ahead;
  private final Map<WalSegment, State> segments = new HashMap<>();
  private @Nullable WalSegment asked;
  private boolean closed;

  /**
   * @param ahead how many segments from the one asked for on are kept ready
   */
  WalSpool(WalPath path, int ahead) {
    this.path = path;
    this.ahead = ahead;
  }

  /**
   * Notes what the server asks for.
   *
   * @return the segments that it has left behind, to be removed; the one before stays, since the
   *     server may come back to it
   */
  synchronized List<WalSegment> ask(WalSegment segment) {
    asked = segment;
    List<WalSegment> behind = new ArrayList<>();
    for (Map.Entry<WalSegment, State> entry : segments.entrySet()) {
      boolean left = entry.getKey().end().isBefore(segment.start());
      if (left && entry.getValue() == State.READY) {
        behind.add(entry.getKey());
      }
    }
    behind.forEach(segments::remove);
    notifyAll();
    return behind;
  }

  /** Waits for a segment that is to be fetched next; empty when closed. */
  synchronized Optional<WalSegment> take() throws InterruptedException {
    while (!closed) {
      Optional<WalSegment> next = next();
      if (next.isPresent()) {
        segments.put(next.get(), State.FETCHING);
        return next;
      }
      wait();
    }
    return Optional.empty();
  }

  private Optional<WalSegment> next() {
    Optional<WalSegment> candidate = Optional.ofNullable(asked);
    for (int i = 0; i < ahead && candidate.isPresent(); i++) {
      if (!segments.containsKey(candidate.get())) {
        return candidate;
      }
      candidate = path.next(candidate.get());
    }
    return Optional.empty();
  }

  /**
   * Waits until every segment before that one which was taken lies ready.
   *
   * @return false if it was closed meanwhile
   */
  synchronized boolean awaitTurn(WalSegment segment) throws InterruptedException {
    while (!closed && isAnyFetchedBefore(segment)) {
      wait();
    }
    return !closed;
  }

  private boolean isAnyFetchedBefore(WalSegment segment) {
    return segments.entrySet().stream()
        .anyMatch(
            other ->
                other.getValue() == State.FETCHING
                    && other.getKey().start().isBefore(segment.start()));
  }

  /** A segment that was taken lies ready. */
  synchronized void ready(WalSegment segment) {
    segments.put(segment, State.READY);
    notifyAll();
  }

  /** A segment that was taken could not be fetched. */
  synchronized void failed(WalSegment segment) {
    segments.remove(segment);
  }

  synchronized boolean isReady(WalSegment segment) {
    return segments.get(segment) == State.READY;
  }

  /** The segment that was asked for last. */
  synchronized Optional<WalSegment> asked() {
    return Optional.ofNullable(asked);
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
