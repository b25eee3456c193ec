package dev.pgbackup.operator.swap.model;

import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The claim that would be made for a database today. What counts is the template of the StatefulSet
 * and the default class of now, not what the claim of yesterday was made of.
 */
public final class Rehearsal {

  private static final String PREFIX = "pgbackup-rehearsal-";

  private Rehearsal() {}

  /**
   * What to have the API server fill in, under a name that nobody has.
   *
   * @param current the claim of the database
   */
  public static PersistentVolumeClaim of(
      Workload workload, DataVolume volume, PersistentVolumeClaim current) {
    Optional<PersistentVolumeClaim> template =
        workload.claimTemplates().stream()
            .filter(t -> t.getMetadata().getName().equals(volume.name()))
            .findFirst();
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(workload.namespace())
        .withName(PREFIX + volume.claim())
        .endMetadata()
        .withSpec(template.orElseGet(() -> Claims.manifest(current)).getSpec())
        .build();
  }

  /**
   * The claim that a restored volume has to be fit for: as rehearsed, and as large as the volume
   * that it replaces.
   */
  public static PersistentVolumeClaim withCapacity(
      PersistentVolumeClaim rehearsed, @Nullable Quantity capacity) {
    return capacity == null
        ? rehearsed
        : new PersistentVolumeClaimBuilder(rehearsed)
            .withStatus(
                new PersistentVolumeClaimStatusBuilder()
                    .withCapacity(Map.of("storage", capacity))
                    .build())
            .build();
  }
}
