package dev.pgbackup.operator.pod;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;

/**
 * Who owns an object: it goes when its owner goes. Never used for what holds data, but for a
 * copy's.
 */
public final class Owner {

  private Owner() {}

  public static OwnerReference of(HasMetadata owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withController(true)
        .build();
  }

  /** Whether an object goes with another one. */
  public static boolean isOwned(HasMetadata object) {
    return !object.getMetadata().getOwnerReferences().isEmpty();
  }

  /** Whether an object has that owner, and not one of the same name that was there before. */
  public static boolean owns(HasMetadata owner, HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .anyMatch(
            reference ->
                reference.getKind().equals(owner.getKind())
                    && reference.getUid().equals(owner.getMetadata().getUid()));
  }
}
