package dev.pgbackup.operator.restore.step;

/** What comes after a step. */
public enum StepOutcome {
  /** The next step. */
  Proceed,
  /** The same again in a moment. */
  Wait,
  /** What was noted is written down; then it goes on at once. */
  Recorded,
  /** Nothing more: the phase is a last one. */
  Over
}
