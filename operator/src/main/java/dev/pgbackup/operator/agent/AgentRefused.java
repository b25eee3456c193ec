package dev.pgbackup.operator.agent;

import dev.pgbackup.contract.restore.Refusal;

/** An agent answered that it does not do it, and why. */
public final class AgentRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;
  private final int status;

  public AgentRefused(int status, Refusal refusal) {
    super(refusal.message());
    this.status = status;
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
