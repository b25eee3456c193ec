package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.store.decorate.RateLimit;

/**
 * Does something once, in the middle of a backup: folders are listed in part by then, and files are
 * read in part.
 */
final class Once implements BackupProgress {

  /** Slow enough that there is a middle. */
  static final long BYTES_PER_SECOND = 16 << 20;

  private final Action action;
  private boolean done;

  /** What is done. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  Once(Action action) {
    this.action = action;
  }

  static BackupSettings slowly() {
    return BackupFixture.settings().withLimit(RateLimit.of(BYTES_PER_SECOND));
  }

  @Override
  public void at(BackupStatus status) {
    if (done || status.phase() != BackupPhase.Copying || status.bytesDone() == 0) {
      return;
    }
    done = true;
    try {
      action.run();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  boolean isDone() {
    return done;
  }
}
