package dev.pgbackup.engine.store;

/**
 * How an object is written.
 *
 * @param condition what must hold
 * @param bulk whether the object may go to the configured (colder, cheaper) storage class; bundles
 *     only
 */
public record PutOptions(PutCondition condition, boolean bulk) {

  /** Created once, never replaced: what nearly every object is. */
  public static final PutOptions CREATE = new PutOptions(PutCondition.absent(), false);

  public static PutOptions when(PutCondition condition) {
    return new PutOptions(condition, false);
  }

  public PutOptions asBulk() {
    return new PutOptions(condition, true);
  }
}
