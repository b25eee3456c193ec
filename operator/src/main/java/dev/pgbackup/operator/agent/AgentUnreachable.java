package dev.pgbackup.operator.agent;

import org.jspecify.annotations.Nullable;

/** An agent did not answer, or not in a way that is understood. Trying again may help. */
public final class AgentUnreachable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public AgentUnreachable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
