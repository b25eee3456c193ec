package dev.pgbackup.engine.backup;

/** Told how a backup gets on: when its phase changes, and about twice a second while it copies. */
@FunctionalInterface
public interface BackupProgress {

  BackupProgress NONE = status -> {};

  /** Called by the thread that takes the backup; returns quickly. */
  void at(BackupStatus status);
}
