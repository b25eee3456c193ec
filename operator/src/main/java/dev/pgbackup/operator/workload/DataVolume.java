package dev.pgbackup.operator.workload;

import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The volume that holds the data directory.
 *
 * @param name of the volume in the pod
 * @param claim its claim
 * @param mountPath where the container sees it
 * @param subPath the folder of the volume that is mounted there; empty: its root
 * @param dataDirectory path of the data directory in the container; absent while nobody has said it
 */
public record DataVolume(
    String name, String claim, String mountPath, String subPath, @Nullable String dataDirectory) {

  private static final String USUAL_PLACE = "/var/lib/postgresql";

  /**
   * What a policy says about it.
   *
   * @param volume its name in the pod
   * @param dataDirectory the path of the data directory
   */
  public record Hint(@Nullable String volume, @Nullable String dataDirectory) {}

  /**
   * Finds it: the mount with the longest path that holds the data directory.
   *
   * @param reported the data directory as the server says it
   * @throws UnsuitableTarget if there is no such volume, or it is not a claim
   */
  public static DataVolume find(
      Workload workload, PostgresContainer container, Hint hint, @Nullable String reported) {
    String directory = directory(container, hint, reported);
    List<VolumeMount> mounts = container.container().getVolumeMounts();
    VolumeMount mount = mount(workload, container, hint.volume(), directory, mounts);
    if (mount.getSubPathExpr() != null && !mount.getSubPathExpr().isEmpty()) {
      throw UnsuitableTarget.unsupported(
          "The data volume \"%s\" of %s is mounted with subPathExpr, which depends on the pod. Use subPath."
              .formatted(mount.getName(), workload.describe()));
    }
    String claim =
        workload
            .claimOf(mount.getName())
            .orElseThrow(
                () ->
                    UnsuitableTarget.unsupported(
                        "The data of %s lies on volume \"%s\" (mounted at %s), which is not a PersistentVolumeClaim. If it is another volume, name it in target.dataVolume."
                            .formatted(
                                workload.describe(), mount.getName(), mount.getMountPath())));
    return new DataVolume(
        mount.getName(),
        claim,
        mount.getMountPath(),
        mount.getSubPath() == null ? "" : mount.getSubPath(),
        directory);
  }

  private static @Nullable String directory(
      PostgresContainer container, Hint hint, @Nullable String reported) {
    if (hint.dataDirectory() != null) {
      return hint.dataDirectory();
    }
    return reported != null ? reported : container.literal("PGDATA").orElse(null);
  }

  private static VolumeMount mount(
      Workload workload,
      PostgresContainer container,
      @Nullable String volume,
      @Nullable String directory,
      List<VolumeMount> mounts) {
    List<VolumeMount> eligible =
        mounts.stream().filter(m -> volume == null || m.getName().equals(volume)).toList();
    if (directory != null) {
      Optional<VolumeMount> holding =
          eligible.stream()
              .filter(m -> holds(m.getMountPath(), directory))
              .max(Comparator.comparingInt(m -> m.getMountPath().length()));
      return holding.orElseThrow(
          () ->
              UnsuitableTarget.unsupported(
                  "No volume of container \"%s\" of %s is mounted at the data directory %s; mounted are %s. Say where the data lies in target.dataVolume."
                      .formatted(
                          container.name(), workload.describe(), directory, describe(mounts))));
    }
    List<VolumeMount> claims =
        volume == null
            ? eligible.stream().filter(m -> workload.claimOf(m.getName()).isPresent()).toList()
            : eligible;
    List<VolumeMount> usual =
        claims.stream()
            .filter(
                m -> holds(m.getMountPath(), USUAL_PLACE) || holds(USUAL_PLACE, m.getMountPath()))
            .toList();
    if (claims.size() != 1 && usual.size() != 1) {
      throw UnsuitableTarget.unsupported(
          "Which volume of container \"%s\" of %s holds the data is not clear; mounted are %s. Name it in target.dataVolume.name."
              .formatted(container.name(), workload.describe(), describe(mounts)));
    }
    return claims.size() == 1 ? claims.get(0) : usual.get(0);
  }

  private static boolean holds(String path, String inside) {
    String folder = path.endsWith("/") ? path : path + "/";
    return (inside + "/").startsWith(folder);
  }

  private static String describe(List<VolumeMount> mounts) {
    return mounts.isEmpty()
        ? "none"
        : mounts.stream()
            .map(m -> "\"" + m.getName() + "\" at " + m.getMountPath())
            .collect(Collectors.joining(", "));
  }
}
