package dev.pgbackup.engine.backup;

/** What a backup is doing, in this order. */
public enum BackupPhase {
  /** Looks at the server and at what the archive has. */
  Preparing,
  /** Waits for the checkpoint from which a restore begins to replay. */
  Checkpointing,
  /** Reads files and uploads what is new. */
  Copying,
  /** Ends on the server; uploads the list of files. */
  Finishing,
  /** Waits until the WAL that makes it consistent is in the archive. */
  WaitingForWal,
  /** Publishes the manifest. */
  Publishing
}
