package dev.pgbackup.operator.pod;

import dev.pgbackup.crds.common.Resources;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What containers with the agent have in common. */
public final class AgentContainer {

  public static final String NAME = "agent";
  public static final String HTTP_PORT = "http";
  public static final String CONFIG_FILE = "agent.yaml";
  public static final String PUBLIC_KEY_FILE = "operator.pem";
  public static final String CONFIG_DIRECTORY = "/etc/pgbackup/config";
  public static final String CONFIG_PATH = CONFIG_DIRECTORY + "/" + CONFIG_FILE;

  private static final String CONFIG_VOLUME = "config";
  private static final String SCRATCH_VOLUME = "tmp";
  private static final Map<String, Quantity> REQUESTS =
      Map.of("cpu", Quantity.parse("100m"), "memory", Quantity.parse("256Mi"));
  private static final Map<String, Quantity> LIMITS = Map.of("memory", Quantity.parse("512Mi"));

  private AgentContainer() {}

  /** The ConfigMap with its configuration, mounted as a whole so that changes arrive. */
  public static Volume config(String configMap) {
    return new VolumeBuilder()
        .withName(CONFIG_VOLUME)
        .withNewConfigMap()
        .withName(configMap)
        .endConfigMap()
        .build();
  }

  public static VolumeMount configMount() {
    return new VolumeMountBuilder()
        .withName(CONFIG_VOLUME)
        .withMountPath(CONFIG_DIRECTORY)
        .withReadOnly(true)
        .build();
  }

  /** The one place that it may write to: native libraries are unpacked there. */
  public static Volume scratch() {
    return new VolumeBuilder()
        .withName(SCRATCH_VOLUME)
        .withNewEmptyDir()
        .withSizeLimit(Quantity.parse("128Mi"))
        .endEmptyDir()
        .build();
  }

  public static VolumeMount scratchMount() {
    return new VolumeMountBuilder().withName(SCRATCH_VOLUME).withMountPath("/tmp").build();
  }

  /** What it may use; what is not said is ours. */
  public static ResourceRequirements resources(@Nullable Resources said) {
    Map<String, Quantity> requests = new HashMap<>(REQUESTS);
    Map<String, Quantity> limits = new HashMap<>(LIMITS);
    if (said != null && said.requests() != null) {
      requests.putAll(said.requests());
    }
    if (said != null && said.limits() != null) {
      limits.putAll(said.limits());
    }
    // A request above its limit would be refused: what was said wins over what is ours.
    limits.forEach(
        (resource, limit) -> {
          Quantity request = requests.get(resource);
          if (request != null && isMore(request, limit)) {
            if (said != null && said.limits() != null && said.limits().containsKey(resource)) {
              requests.put(resource, limit);
            } else {
              limits.put(resource, request);
            }
          }
        });
    return new ResourceRequirementsBuilder().withRequests(requests).withLimits(limits).build();
  }

  private static boolean isMore(Quantity one, Quantity other) {
    return one.getNumericalAmount().compareTo(other.getNumericalAmount()) > 0;
  }
}
