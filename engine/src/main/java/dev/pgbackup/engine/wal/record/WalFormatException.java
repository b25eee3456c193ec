package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;

/**
 * Bytes that are not valid WAL: damaged, of another server version, or from before a file was
 * recycled.
 */
public class WalFormatException extends EngineException {

  private static final long serialVersionUID = 1L;

  private final transient Lsn position;

  WalFormatException(Lsn position, String what) {
    super(Reason.ArchiveDamaged, "the WAL at " + position + " cannot be read: " + what);
    this.position = position;
  }

  /** Where reading failed; everything that was reported before lies in front of it and is valid. */
  public Lsn position() {
    return position;
  }
}
