package dev.pgbackup.engine.error;

/**
 * Why something failed: a stable name for conditions, JSON output and alerts.
 *
 * <p>Names are part of the contract: they are added to, never changed.
 */
public enum Reason {
  InvalidArgument(Family.USAGE, false),
  ConfigurationInvalid(Family.USAGE, false),

  TargetBeyondArchive(Family.TARGET, false),
  TargetBeforeWindow(Family.TARGET, false),
  TargetAborted(Family.TARGET, false),
  XidNotFound(Family.TARGET, false),
  RestorePointNotFound(Family.TARGET, false),
  WalGapInRange(Family.TARGET, false),
  TimelineUnreachable(Family.TARGET, false),
  BackupNotFound(Family.TARGET, false),
  BackupNotRestorable(Family.TARGET, false),
  NoBackup(Family.TARGET, false),
  ChecksFailed(Family.TARGET, false),

  ForeignArchive(Family.ARCHIVE, false),
  ArchiveNotFound(Family.ARCHIVE, false),
  UnsupportedArchiveVersion(Family.ARCHIVE, false),
  ArchiveDamaged(Family.ARCHIVE, false),
  SecondWriter(Family.ARCHIVE, false),
  EarlierWriter(Family.ARCHIVE, true),
  DivergentWal(Family.ARCHIVE, false),
  WalGapDetected(Family.ARCHIVE, false),

  BucketUnreachable(Family.STORE, true),
  StoreThrottled(Family.STORE, true),
  AccessDenied(Family.STORE, false),
  NoSuchBucket(Family.STORE, false),
  StoreRefused(Family.STORE, false),

  DatabaseUnreachable(Family.DATABASE, true),
  AuthenticationFailed(Family.DATABASE, false),
  WrongServer(Family.DATABASE, false),
  UnsupportedServerVersion(Family.DATABASE, false),
  InsufficientWalLevel(Family.DATABASE, false),
  NoReplicationPrivilege(Family.DATABASE, false),
  MissingGrant(Family.DATABASE, false),
  PoolerInBetween(Family.DATABASE, false),
  SlotLost(Family.DATABASE, false),
  SlotLimitNear(Family.DATABASE, false),
  SlotInUse(Family.DATABASE, true),
  NoFreeSlot(Family.DATABASE, false),
  DatabaseRefused(Family.DATABASE, false),
  BackupInProgress(Family.DATABASE, false),
  CorruptPage(Family.DATABASE, false),
  UnsupportedLayout(Family.DATABASE, false),
  BackupInterrupted(Family.DATABASE, true),

  NoSpace(Family.HOST, false),
  DirectoryNotEmpty(Family.HOST, false),
  DirectoryInUse(Family.HOST, false),
  ProgramMissing(Family.HOST, false),
  ReplayFailed(Family.HOST, false),
  HostFailure(Family.HOST, true),

  Interrupted(Family.INTERNAL, true),
  InternalError(Family.INTERNAL, false);

  private final Family family;
  private final boolean worthRetrying;

  Reason(Family family, boolean worthRetrying) {
    this.family = family;
    this.worthRetrying = worthRetrying;
  }

  public Family family() {
    return family;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  public boolean isTransient() {
    return worthRetrying;
  }
}
