package dev.pgbackup.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import org.jspecify.annotations.Nullable;

/** Makes objects be as they should. */
public interface ObjectWriter {

  /**
   * Creates an object, or changes what differs; writes nothing if nothing does. Fields that are not
   * in it, and are somebody else's, stay.
   *
   * @return the object as it is now
   */
  default <T extends HasMetadata> T apply(T desired) {
    return apply(desired, null);
  }

  /**
   * The same for an object that is watched, and need not be asked for.
   *
   * @param lastSeen as it was not long ago; null: it is looked for
   */
  <T extends HasMetadata> T apply(T desired, @Nullable T lastSeen);

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
