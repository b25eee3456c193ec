package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Where a recovery is to stop, as a person says it.
 *
 * <p>The texts that are read are those of command line and configuration. What is wrong with one is
 * said in an {@link EngineException} with {@code InvalidArgument}.
 */
public sealed interface RecoveryTarget {

  /** Bytes of a restore point's name, its end mark included ({@code MAXFNAMELEN}). */
  int RESTORE_POINT_NAME_LIMIT = 64;

  /** In words, as they stand in plans: {@code transaction 635, inclusive}. */
  String describe();

  /**
   * The commit of a transaction.
   *
   * @param xid with its epoch; without one, the 32-bit id
   * @param hasEpoch false: the latest transaction of that 32-bit id is meant
   * @param inclusive whether the commit is replayed, or what came before it
   */
  record Transaction(Xid xid, boolean hasEpoch, boolean inclusive) implements RecoveryTarget {
    @Override
    public String describe() {
      return "transaction " + xid + inclusion(inclusive);
    }
  }

  /**
   * The last moment before the first transaction that ended later; exclusive: not earlier.
   *
   * @param time whole microseconds, as PostgreSQL keeps them
   */
  record Time(Instant time, boolean inclusive) implements RecoveryTarget {
    @Override
    public String describe() {
      return "time " + time + inclusion(inclusive);
    }
  }

  /** The first record that begins at a position or behind it; exclusive: the one before that. */
  record Position(Lsn lsn, boolean inclusive) implements RecoveryTarget {
    @Override
    public String describe() {
      return "position " + lsn + inclusion(inclusive);
    }
  }

  /** What {@code pg_create_restore_point} wrote. */
  record NamedPoint(String name) implements RecoveryTarget {
    @Override
    public String describe() {
      return "restore point \"" + name + "\"";
    }
  }

  /** As soon as the base backup is consistent. */
  record Immediate() implements RecoveryTarget {
    @Override
    public String describe() {
      return "the end of the base backup";
    }
  }

  /** Everything that is in the archive. */
  record Latest() implements RecoveryTarget {
    @Override
    public String describe() {
      return "the latest state in the archive";
    }
  }

  /**
   * Reads a transaction id: with its epoch, as {@code txid_current()} prints it, or its lower 32
   * bits alone.
   */
  static RecoveryTarget xid(String text, boolean inclusive) {
    try {
      Xid xid = Xid.parse(text);
      return new Transaction(xid, xid.epoch() != 0, inclusive);
    } catch (IllegalArgumentException e) {
      throw invalid("xid", e.getMessage() + ".", e);
    }
  }

  /** Reads a time with its offset, up to microseconds: {@code 2026-11-22T14:03:07.123456Z}. */
  static RecoveryTarget time(String text, boolean inclusive) {
    return new Time(TargetTime.parse(text), inclusive);
  }

  /** Reads a position: {@code 0/9A000060}. */
  static RecoveryTarget lsn(String text, boolean inclusive) {
    try {
      return new Position(Lsn.parse(text), inclusive);
    } catch (IllegalArgumentException e) {
      throw invalid("lsn", e.getMessage() + ".", e);
    }
  }

  /** Takes the name of a restore point. */
  static RecoveryTarget name(String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes >= RESTORE_POINT_NAME_LIMIT) {
      throw new EngineException(
          Reason.InvalidArgument,
          "A restore point's name has 1 to "
              + (RESTORE_POINT_NAME_LIMIT - 1)
              + " bytes; \""
              + text
              + "\" has "
              + bytes
              + ". `pgbackup find` lists the restore points that there are.");
    }
    return new NamedPoint(text);
  }

  static RecoveryTarget immediate() {
    return new Immediate();
  }

  static RecoveryTarget latest() {
    return new Latest();
  }

  private static String inclusion(boolean inclusive) {
    return inclusive ? ", inclusive" : ", exclusive";
  }

  private static EngineException invalid(String kind, String problem, Exception cause) {
    return new EngineException(
        Reason.InvalidArgument, "The target " + kind + " cannot be used: " + problem, cause);
  }
}
