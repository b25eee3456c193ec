package dev.pgbackup.engine.store;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;

/** The condition of a write did not hold; nothing was changed. */
public class PreconditionFailedException extends EngineException {

  private static final long serialVersionUID = 1L;

  public PreconditionFailedException(String key) {
    super(
        Reason.StoreRefused, "object " + key + " is there already, or not in the expected version");
  }
}
