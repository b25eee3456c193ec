package dev.pgbackup.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Makes objects be as they should. */
public interface ObjectWriter {

  /**
   * Creates an object, or changes what differs; writes nothing if nothing does. Fields that are not
   * in it, and are somebody else's, stay.
   *
   * @return the object as it is now
   */
  <T extends HasMetadata> T apply(T desired);

  /**
   * Creates an object that must not be there yet.
   *
   * @return the object as it is now, or the one that was there already
   */
  <T extends HasMetadata> T createIfAbsent(T desired);

  /**
   * Has an object checked and filled in as if it were created, and does not create it.
   *
   * @return what it would be
   */
  <T extends HasMetadata> T rehearse(T desired);
}
