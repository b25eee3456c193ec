package dev.pgbackup.operator.restore.step;

/** A step of a restore. */
public interface RestoreStep {

  /** Takes it, as far as it goes now. */
  StepOutcome take(RestoreRun run);
}
