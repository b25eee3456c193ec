package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Family;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.wal.transport.SlotStatus;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the archiving thread writes how it goes, and others read it. */
final class StatusBoard {

  private final ArchivingSettings settings;
  private final ArchivingListener listener;
  private final Clock clock;
  private final Supplier<Optional<EngineException>> store;

  private ArchivingState state = ArchivingState.Stopped;
  private boolean running;
  private boolean attached;
  private @Nullable String transport;
  private @Nullable EngineException failure;
  private @Nullable EngineException trouble;
  private @Nullable SlotStatus slot;
  private @Nullable Timeline timeline;
  private @Nullable Lsn server;
  private @Nullable Lsn received;
  private @Nullable Lsn durable;
  private @Nullable Instant upToDateAt;
  private Lsn mark = Lsn.ZERO;
  private Instant markedAt = Instant.MIN;
  private Instant behindSince;

  StatusBoard(ArchivingSettings settings, ArchivingListener listener, Clock clock) {
    this(settings, listener, clock, Optional::empty);
  }

  /**
   * @param store what is wrong with it, as far as others know: the archiving thread may be waiting
   *     for its answer
   */
  StatusBoard(
      ArchivingSettings settings,
      ArchivingListener listener,
      Clock clock,
      Supplier<Optional<EngineException>> store) {
    this.store = store;
    this.settings = settings;
    this.listener = listener;
    this.clock = clock;
    this.behindSince = clock.instant();
  }

  synchronized void started() {
    running = true;
    behindSince = clock.instant();
    changed();
  }

  synchronized void stopped() {
    running = false;
    attached = false;
    changed();
  }

  /** Something ended an attachment, or prevented one. */
  synchronized void failed(EngineException why) {
    attached = false;
    failure = why;
    if (why.reason() == Reason.SlotLost) {
      slot = null;
    }
    changed();
  }

  /** WAL comes, and continues what the archive has. */
  synchronized void attached(String way) {
    if (attached) {
      return;
    }
    attached = true;
    failure = null;
    trouble = null;
    transport = way;
    mark = Lsn.ZERO;
    markedAt = Instant.MIN;
    changed();
  }

  synchronized void slot(Optional<SlotStatus> now) {
    slot = now.orElse(null);
    changed();
  }

  synchronized void progress(
      WalTip tip, Timeline on, Lsn read, Lsn stored, Optional<EngineException> storeTrouble) {
    Instant now = clock.instant();
    server = tip.end();
    timeline = on;
    received = read;
    durable = stored;
    trouble = storeTrouble.orElse(null);
    if (on.equals(tip.timeline())) {
      if (!stored.isBefore(tip.end())) {
        upToDateAt = now;
        mark = tip.end();
        markedAt = now;
      } else if (!stored.isBefore(mark)) {
        if (!markedAt.equals(Instant.MIN)) {
          upToDateAt = markedAt;
        }
        mark = tip.end();
        markedAt = now;
      }
    }
    changed();
    notifyAll();
  }

  /** Waits for progress, or until the time is over. */
  synchronized void awaitProgress(Duration atMost) throws InterruptedException {
    wait(Math.max(1, atMost.toMillis()));
  }

  synchronized boolean isDurable(Timeline on, Lsn position) {
    return on.equals(timeline) && durable != null && !durable.isBefore(position);
  }

  private void changed() {
    ArchivingState before = state;
    state = state();
    if (before != state) {
      listener.stateChanged(before, snapshot());
    }
  }

  private ArchivingState state() {
    if (!running) {
      return ArchivingState.Stopped;
    }
    if (!attached) {
      EngineException why = inTheWay();
      return why == null ? ArchivingState.Connecting : ofFailure(why);
    }
    if (slot != null && slot.availability() == SlotStatus.Availability.Lost) {
      return ArchivingState.SlotLost;
    }
    if (slot != null && RetainedWalRisk.of(slot, settings.retained()).isPresent()) {
      return ArchivingState.AtRisk;
    }
    if (storeTrouble() != null) {
      return ArchivingState.StoreDown;
    }
    return isLate() ? ArchivingState.Lagging : ArchivingState.Streaming;
  }

  private @Nullable EngineException storeTrouble() {
    return trouble == null ? store.get().orElse(null) : trouble;
  }

  /** A store that does not answer hides whether what failed earlier and may pass has passed. */
  private @Nullable EngineException inTheWay() {
    return failure == null || failure.isTransient() ? store.get().orElse(failure) : failure;
  }

  private static ArchivingState ofFailure(EngineException failure) {
    return switch (failure.reason()) {
      case DivergentWal -> ArchivingState.Divergent;
      case SecondWriter -> ArchivingState.SecondWriter;
      case SlotLost -> ArchivingState.SlotLost;
      case WrongServer -> ArchivingState.Connecting;
      default -> {
        if (failure.reason().family() == Family.STORE) {
          yield ArchivingState.StoreDown;
        }
        yield failure.isTransient() ? ArchivingState.Connecting : ArchivingState.Refused;
      }
    };
  }

  private boolean isLate() {
    Instant since = upToDateAt == null ? behindSince : upToDateAt;
    return Duration.between(since, clock.instant()).compareTo(settings.lagAfter()) > 0;
  }

  synchronized ArchivingStatus snapshot() {
    ArchivingState now = state();
    EngineException why = attached ? storeTrouble() : inTheWay();
    return new ArchivingStatus(
        now,
        message(now, why),
        Optional.ofNullable(why).map(EngineException::reason),
        Optional.ofNullable(transport),
        settings.slotName(),
        Optional.ofNullable(slot),
        Optional.ofNullable(timeline),
        Optional.ofNullable(server),
        Optional.ofNullable(received),
        Optional.ofNullable(durable),
        Optional.ofNullable(upToDateAt));
  }

  private String message(ArchivingState now, @Nullable EngineException why) {
    String reason = why == null ? "" : Objects.requireNonNullElse(why.getMessage(), "");
    return switch (now) {
      case Stopped, Streaming -> "";
      case Lagging ->
          "The store is more than "
              + settings.lagAfter().toSeconds()
              + " s behind the server. If that lasts, give the agent a faster way to the store,"
              + " or more uploads at once.";
      case AtRisk ->
          slot == null
              ? reason
              : RetainedWalRisk.of(slot, settings.retained()).orElse("")
                  + (reason.isEmpty() ? "" : " " + reason);
      default -> reason;
    };
  }
}
