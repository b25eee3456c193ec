package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.restore.model.RestoreClaim;
import dev.pgbackup.operator.restore.model.RestorePlace;
import dev.pgbackup.operator.status.ConditionType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks what can be known about the new volume before it is made. */
@Singleton
public final class CheckVolume implements RestoreStep {

  private final ClusterReader cluster;

  public CheckVolume(ClusterReader cluster) {
    this.cluster = cluster;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    PgRestore restore = run.restore();
    Optional<RestorePlace> place = RestorePlace.of(restore.getSpec(), run.source().dataVolume());
    if (place.isEmpty()) {
      return run.refuse(
          "UnsupportedLayout",
          "Where the data directory lies within its volume is not known: neither the agent nor PGDATA says it. Give postgres.dataPath, or target.dataVolume.pgdata of the policy.");
    }
    run.place(place.get());
    if (run.notes().hasPassed(ConditionType.PreflightPassed)) {
      return StepOutcome.Proceed;
    }
    Optional<String> storageClass = RestoreClaim.storageClass(restore, run.original().orElse(null));
    if (storageClass.isPresent() && cluster.lacksStorageClass(storageClass.get())) {
      return run.refuse(
          "StorageClassMissing",
          "There is no StorageClass \"%s\"; there is %s. Give volume.storageClassName."
              .formatted(storageClass.get(), storageClasses()));
    }
    PgRestoreStatus.Plan plan = run.notes().plan();
    long bytes = plan == null ? 0 : Objects.requireNonNullElse(plan.bytes(), 0L);
    String size = restore.getSpec().volume().size();
    if (size != null && RestoreClaim.isTooSmall(size, bytes)) {
      return run.refuse(
          "CapacityTooSmall",
          "volume.size is %s, but the backup's files alone take %d bytes, and WAL needs room beside them. At least %d bytes are needed."
              .formatted(size, bytes, RestoreClaim.needed(bytes)));
    }
    run.notes()
        .passed(
            ConditionType.PreflightPassed,
            "The target can be reached, and everything that can be checked beforehand is well.");
    return StepOutcome.Proceed;
  }

  private String storageClasses() {
    List<String> names =
        cluster.storageClasses().stream()
            .map(HasMetadata::getMetadata)
            .map(m -> m.getName())
            .sorted()
            .collect(Collectors.toList());
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
