package dev.pgbackup.scenario;

/** How the story ends when all went well. */
public enum Ending {
  /** The policy is deleted, as the last step. */
  POLICY_GOES,
  /** All is left as it is, to play with; what the last step would have shown is not shown. */
  KEEP_RUNNING
}
