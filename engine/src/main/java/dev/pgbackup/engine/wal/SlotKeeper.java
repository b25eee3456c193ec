package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.wal.transport.ReplicationSlot;
import dev.pgbackup.engine.wal.transport.SlotStatus;
import dev.pgbackup.engine.wal.transport.SlotStatus.Availability;
import dev.pgbackup.engine.wal.transport.WalTransport;
import java.time.Duration;
import java.util.Optional;

/** Moves the slot on behind what is durable, and watches that it is well. */
final class SlotKeeper {

  private static final Duration CONFIRM = Duration.ofSeconds(1);

  /** So often a slot is used even where it does not move, or it would count as idle. */
  private static final Duration TOUCH = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofSeconds(5);

  private final WalTransport transport;
  private final ArchivingSettings settings;
  private final StatusBoard board;
  private final WalSegmentSize size;
  private Lsn confirmed = Lsn.ZERO;
  private long confirmedAt = System.nanoTime() - CONFIRM.toNanos();
  private long lookedAt = System.nanoTime() - LOOK.toNanos();

  SlotKeeper(
      WalTransport transport, ArchivingSettings settings, StatusBoard board, WalSegmentSize size) {
    this.transport = transport;
    this.settings = settings;
    this.board = board;
    this.size = size;
  }

  /**
   * @param durable everything before it is in the archive, and known to be this server's
   */
  void confirm(Lsn durable, long now) {
    Lsn position = confirmable(durable);
    long age = now - confirmedAt;
    boolean moved = position.isAfter(confirmed) && age >= CONFIRM.toNanos();
    if (moved || age >= TOUCH.toNanos()) {
      confirmed = Lsn.max(confirmed, position);
      transport.confirm(confirmed);
      confirmedAt = now;
    }
  }

  /** The server has to keep the segment of the last stored byte, to be compared at an attach. */
  private Lsn confirmable(Lsn durable) {
    boolean atBoundary = durable.equals(size.floor(durable)) && durable.isAfter(Lsn.ZERO);
    return atBoundary ? durable.plus(-1) : durable;
  }

  /**
   * Looks at the slot when it is time to.
   *
   * @param caughtUp whether all that the server has is in the archive
   * @throws EngineException with {@code SlotLost} if it is time for a new one: now rather than
   *     later when nothing is to be read with what the old one left
   */
  void watch(boolean caughtUp, long now) {
    if (now - lookedAt < LOOK.toNanos()) {
      return;
    }
    lookedAt = now;
    Optional<SlotStatus> slot = look();
    if (slot.isEmpty()) {
      return;
    }
    if (slot.get().availability() == Availability.Lost && caughtUp) {
      throw ReplicationSlot.lost(settings.slotName(), "is of no use any more", null);
    }
    ArchivingSettings.RetainedWal retained = settings.retained();
    boolean tooMuch =
        retained.limitBytes().isPresent()
            && slot.get().retainedBytes() >= retained.limitBytes().getAsLong();
    if (tooMuch && retained.onLimit() == ArchivingSettings.OnLimit.DropSlot) {
      transport.giveUpSlot();
    }
  }

  /** Asks the server, and shows what it says. */
  Optional<SlotStatus> look() {
    Optional<SlotStatus> slot = transport.slot();
    board.slot(slot);
    return slot;
  }
}
