package dev.pgbackup.operator.fakes;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The manifests that tests begin with. */
public final class Manifests {

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private Manifests() {}

  private static String text(String resource) {
    try (InputStream stream =
        Objects.requireNonNull(Manifests.class.getResourceAsStream("/" + resource))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The StatefulSet "master" and its Services. */
  public static List<HasMetadata> master() {
    return YAML.unmarshal(text("master.yaml"));
  }

  public static StatefulSet statefulSet() {
    return (StatefulSet) master().get(0);
  }

  public static Workload workload() {
    return Workload.of(statefulSet());
  }

  public static List<Service> services() {
    return master().stream().filter(Service.class::isInstance).map(Service.class::cast).toList();
  }

  /** The policy of that StatefulSet, as the API server would hand it out. */
  public static PgBackupPolicy policy() {
    return YAML.unmarshal(text("policy.yaml"), PgBackupPolicy.class);
  }

  /** A restore of that policy, to transaction 635. */
  public static PgRestore restore() {
    return YAML.unmarshal(text("restore.yaml"), PgRestore.class);
  }

  /** The same with something else in its place. */
  public static PgRestore restore(String word, String by) {
    return YAML.unmarshal(text("restore.yaml").replace(word, by), PgRestore.class);
  }

  /** Reads one more. */
  public static <T> T read(String yaml, Class<T> type) {
    return YAML.unmarshal(yaml, type);
  }

  public static String write(Object object) {
    return YAML.asYaml(object);
  }
}
