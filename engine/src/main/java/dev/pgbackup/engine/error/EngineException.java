package dev.pgbackup.engine.error;

import org.jspecify.annotations.Nullable;

/**
 * A failure that a person has to understand. The message says what happened and what to do next, in
 * whole sentences, and never holds a secret.
 */
public class EngineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public EngineException(Reason reason, String message) {
    this(reason, message, null);
  }

  public EngineException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  public boolean isTransient() {
    return reason.isTransient();
  }
}
