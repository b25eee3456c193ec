package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.format.BackupId;
import java.util.Set;

/**
 * Something that is wrong with one object.
 *
 * @param key of the object
 * @param problem what kind
 * @param detail a sentence for a person
 * @param backups which of the verified backups need it; empty: the archive as a whole
 */
public record Finding(String key, Problem problem, String detail, Set<BackupId> backups) {

  /** What can be wrong. */
  public enum Problem {
    /** It is not there. */
    Missing,
    /** It is there but shorter or longer than it must be. */
    WrongSize,
    /** Its content is not what was written. */
    Damaged,
    /** WAL between two positions is not there. */
    Gap
  }

  public Finding {
    backups = Set.copyOf(backups);
  }
}
