package dev.pgbackup.engine.wal;

import java.util.List;

/** Where the bytes of an object come from that is to be written. */
sealed interface WalSource {

  /** Frames in memory, in a row. */
  record Frames(List<WalFrame> frames) implements WalSource {
    public Frames {
      frames = List.copyOf(frames);
    }
  }

  /** A tail that is in the store, and not in memory any more. */
  record Stored(WalObject tail) implements WalSource {}
}
