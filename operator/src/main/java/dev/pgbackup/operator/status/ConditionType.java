package dev.pgbackup.operator.status;

/** What a condition is about. Names are part of the contract: added to, never changed. */
public enum ConditionType {
  Ready(true),
  Reconciling(false),
  Stalled(false),

  TargetResolved(true),
  AgentAvailable(true),
  StorageReachable(true),
  ArchivingHealthy(true),
  BackupFresh(true),
  WindowContiguous(true),
  RetentionEnforced(true),

  PreflightPassed(true),
  VolumeProvisioned(true),
  BaseRestored(true),
  RecoveryTargetReached(true),
  ChecksPassed(true),
  Approved(true),
  Fenced(true),
  VolumeSwapped(true),
  OldVolumeRetained(true),
  DatabaseAvailable(true),
  PostBackupCompleted(true),
  Complete(true),
  Failed(false);

  private final boolean good;

  ConditionType(boolean good) {
    this.good = good;
  }

  /** Whether {@code True} is what one wishes for. */
  public boolean isGoodWhenTrue() {
    return good;
  }
}
