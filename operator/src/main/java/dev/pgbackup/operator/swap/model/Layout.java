package dev.pgbackup.operator.swap.model;

import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.PostgresContainer;
import dev.pgbackup.operator.workload.Workload;
import java.util.List;
import java.util.Optional;

/** Whether a workload is one whose volume can be swapped: one server, everything on one volume. */
public final class Layout {

  private Layout() {}

  /** What is in the way; nothing if it can be. */
  public static Optional<Unfit> check(
      Workload workload, PostgresContainer container, DataVolume volume) {
    if (workload.replicas() != 1) {
      return Optional.of(
          new Unfit(
              "UnsupportedWorkload",
              "%s has %d replicas; a swap needs exactly one: others would go on with the data of before, or none would start."
                  .formatted(workload.describe(), workload.replicas())));
    }
    List<String> inside = mountsInside(container, volume);
    return inside.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Unfit(
                "UnsupportedLayout",
                "A part of the data directory of %s lies on other volumes (%s). A swap replaces the data volume alone, so everything must be on it. Restore with mode Volume."
                    .formatted(workload.describe(), String.join(", ", inside))));
  }

  /** What is mounted in the data directory and is not the data volume. */
  private static List<String> mountsInside(PostgresContainer container, DataVolume volume) {
    String directory = volume.dataDirectory() == null ? volume.mountPath() : volume.dataDirectory();
    return container.container().getVolumeMounts().stream()
        .filter(mount -> !mount.getName().equals(volume.name()))
        .filter(mount -> mount.getMountPath().startsWith(directory + "/"))
        .map(mount -> "\"%s\" at %s".formatted(mount.getName(), mount.getMountPath()))
        .toList();
  }
}
