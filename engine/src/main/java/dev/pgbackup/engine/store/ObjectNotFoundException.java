package dev.pgbackup.engine.store;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;

/** There is no object with that key. */
public class ObjectNotFoundException extends EngineException {

  private static final long serialVersionUID = 1L;

  public ObjectNotFoundException(String key) {
    super(Reason.ArchiveDamaged, "object " + key + " is not in the store");
  }
}
