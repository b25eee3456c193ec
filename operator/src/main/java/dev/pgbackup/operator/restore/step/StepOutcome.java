package dev.pgbackup.operator.restore.step;

/** What comes after a step. */
public enum StepOutcome {
  /** The next step. */
  Proceed,
  /** The same again in a moment. */
  Wait,
  /** Nothing more: the phase is a last one. */
  Over
}
