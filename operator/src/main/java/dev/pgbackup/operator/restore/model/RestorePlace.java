package dev.pgbackup.operator.restore.model;

import dev.pgbackup.crds.restore.PgRestoreSpec;
import dev.pgbackup.operator.workload.DataVolume;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where in the new volume the data directory lies.
 *
 * @param folder within the volume; empty: its root
 */
public record RestorePlace(String folder) {

  public static final String MOUNT = "/var/lib/pgbackup/data";

  private static final String LIFTED = ".pgbackup-restored";

  /**
   * Finds it: as the restore says, else as the database has it. Nothing if nobody has said it.
   *
   * @param volume of the database
   */
  public static Optional<RestorePlace> of(PgRestoreSpec spec, @Nullable DataVolume volume) {
    PgRestoreSpec.Postgres postgres = spec.postgres();
    if (postgres != null && postgres.dataPath() != null) {
      return Optional.of(new RestorePlace(postgres.dataPath()));
    }
    if (volume == null) {
      return Optional.of(new RestorePlace(""));
    }
    if (volume.dataDirectory() == null) {
      return Optional.empty();
    }
    String inside = relative(volume.mountPath(), volume.dataDirectory());
    return Optional.of(new RestorePlace(join(strip(volume.subPath()), inside)));
  }

  private static String relative(String mount, String directory) {
    return strip(directory.substring(Math.min(mount.length(), directory.length())));
  }

  private static String join(String one, String other) {
    return one.isEmpty() || other.isEmpty() ? one + other : one + "/" + other;
  }

  private static String strip(String path) {
    return path.replaceAll("^/+|/+$", "");
  }

  /**
   * The directory that is restored into, as the restore's containers see it. The root of a volume
   * belongs to root, and PostgreSQL wants its directory to be its user's own: so a folder of it is
   * used, whose content is moved up in the end.
   */
  public String directory() {
    return MOUNT + "/" + (isVolumeRoot() ? LIFTED : folder);
  }

  /** Whether the volume itself is the data directory. */
  public boolean isVolumeRoot() {
    return folder.isEmpty();
  }
}
