package dev.pgbackup.engine.restore.replay;

/** What happens when the target is reached. */
public enum TargetAction {
  /** The server ends recovery on a timeline of its own, and is shut down. */
  Promote,
  /** The server waits, readable, until somebody has looked at it and decided. */
  Pause,
  /** The server is shut down, still in recovery. */
  Shutdown;

  /** As {@code recovery_target_action} has it. */
  String setting() {
    return switch (this) {
      case Promote -> "promote";
      case Pause -> "pause";
      case Shutdown -> "shutdown";
    };
  }
}
