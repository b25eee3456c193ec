package dev.pgbackup.engine.store;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;

/**
 * The store no longer knows an upload that was going on, or will not complete it: nothing of it was
 * published. Going on is of no use; the same object may be created again from its beginning.
 */
public class UploadLostException extends EngineException {

  private static final long serialVersionUID = 1L;

  public UploadLostException(String key, Throwable cause) {
    super(
        Reason.BucketUnreachable,
        "the store gave up the upload of " + key + " before it was complete; begin it again",
        cause);
  }
}
