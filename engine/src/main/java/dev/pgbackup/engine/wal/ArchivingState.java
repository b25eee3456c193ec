package dev.pgbackup.engine.wal;

/** How archiving goes. */
public enum ArchivingState {
  /** It was ended, or has not begun. */
  Stopped,
  /** It looks for the server, or for the right to write, and goes on by itself. */
  Connecting,
  /** What the server writes is in the store within seconds. */
  Streaming,
  /** The store is behind the server by more than it should be. */
  Lagging,
  /** The store does not take WAL at the moment; the server keeps it. */
  StoreDown,
  /** The server keeps so much WAL that its disk, or the slot, is in danger. */
  AtRisk,
  /** The server no longer keeps WAL for this agent. */
  SlotLost,
  /** The server's WAL does not continue the archive: a person has to decide. */
  Divergent,
  /** Somebody else writes to the archive: a person has to decide. */
  SecondWriter,
  /** Something has to be put right that does not go away by itself: a grant, a setting. */
  Refused
}
