package dev.pgbackup.operator.pod;

import dev.pgbackup.crds.common.CertificateRef;
import dev.pgbackup.operator.workload.ValueSource.ConfigMapEntry;
import dev.pgbackup.operator.workload.ValueSource.SecretEntry;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * Entries of Secrets and ConfigMaps as files of one projected volume. It is mounted as a whole, so
 * that what is rotated arrives in the running pod.
 */
public final class MountedFiles {

  private static final String VOLUME = "files";
  private static final String DIRECTORY = "/etc/pgbackup/files";
  private static final int READABLE_BY_GROUP = 0440;

  private final List<VolumeProjection> sources = new ArrayList<>();

  /**
   * Adds an entry of a Secret.
   *
   * @param name of the file, folders included
   * @return its path in the container
   */
  public String add(String name, SecretEntry entry) {
    sources.add(
        new VolumeProjectionBuilder()
            .withNewSecret()
            .withName(entry.secret())
            .withItems(new KeyToPath(entry.key(), null, name))
            .endSecret()
            .build());
    return DIRECTORY + "/" + name;
  }

  /** Adds an entry of a ConfigMap. */
  public String add(String name, ConfigMapEntry entry) {
    sources.add(
        new VolumeProjectionBuilder()
            .withNewConfigMap()
            .withName(entry.configMap())
            .withItems(new KeyToPath(entry.key(), null, name))
            .endConfigMap()
            .build());
    return DIRECTORY + "/" + name;
  }

  /** Adds certificates. */
  public String add(String name, CertificateRef certificates) {
    return certificates.kind() == CertificateRef.Kind.ConfigMap
        ? add(name, new ConfigMapEntry(certificates.name(), certificates.key()))
        : add(name, new SecretEntry(certificates.name(), certificates.key()));
  }

  /** The volume, or none if there is no file. */
  public List<Volume> volumes() {
    return sources.isEmpty()
        ? List.of()
        : List.of(
            new VolumeBuilder()
                .withName(VOLUME)
                .withNewProjected()
                .withDefaultMode(READABLE_BY_GROUP)
                .withSources(sources)
                .endProjected()
                .build());
  }

  public List<VolumeMount> mounts() {
    return sources.isEmpty()
        ? List.of()
        : List.of(
            new VolumeMountBuilder()
                .withName(VOLUME)
                .withMountPath(DIRECTORY)
                .withReadOnly(true)
                .build());
  }
}
