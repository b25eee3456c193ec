package dev.pgbackup.operator.workload;

import dev.pgbackup.operator.workload.ValueSource.ConfigMapEntry;
import dev.pgbackup.operator.workload.ValueSource.Literal;
import dev.pgbackup.operator.workload.ValueSource.SecretEntry;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * As whom to connect, found in what the workload gives to the official image.
 *
 * @param user the role's name
 * @param password absent where the server trusts everybody
 */
public record ServerCredentials(ValueSource user, @Nullable ValueSource password) {

  private static final String USER = "POSTGRES_USER";
  private static final String PASSWORD = "POSTGRES_PASSWORD";
  private static final String PASSWORD_FILE = "POSTGRES_PASSWORD_FILE";
  private static final String AUTH_METHOD = "POSTGRES_HOST_AUTH_METHOD";
  private static final String DEFAULT_USER = "postgres";

  private static final String HELP =
      " Put the role's name and its password into a Secret and name it in connection.authSecretRef.";

  /**
   * Finds them.
   *
   * @throws UnsuitableTarget if the workload does not say where its password is
   */
  public static ServerCredentials find(Workload workload, PostgresContainer container) {
    Optional<EnvVar> password = container.variable(PASSWORD);
    if (password.isPresent()) {
      return new ServerCredentials(user(workload, container), password(workload, password.get()));
    }
    Optional<String> file = container.literal(PASSWORD_FILE);
    if (file.isPresent()) {
      return new ServerCredentials(
          user(workload, container), mounted(workload, container, file.get()));
    }
    if (container.literal(AUTH_METHOD).filter("trust"::equals).isPresent()) {
      return new ServerCredentials(user(workload, container), null);
    }
    throw UnsuitableTarget.unsupported(
        "Container \"%s\" of %s has no POSTGRES_PASSWORD in its environment, so how to connect is not known."
                .formatted(container.name(), workload.describe())
            + HELP);
  }

  private static ValueSource password(Workload workload, EnvVar variable) {
    return reference(variable)
        .filter(SecretEntry.class::isInstance)
        .orElseThrow(
            () ->
                UnsuitableTarget.unsupported(
                    "POSTGRES_PASSWORD of %s does not come from a Secret."
                            .formatted(workload.describe())
                        + HELP));
  }

  private static ValueSource user(Workload workload, PostgresContainer container) {
    Optional<EnvVar> variable = container.variable(USER);
    if (variable.isEmpty()) {
      return new Literal(DEFAULT_USER);
    }
    String text = variable.get().getValue();
    if (text != null && !text.isEmpty()) {
      return new Literal(text);
    }
    return reference(variable.get())
        .orElseThrow(
            () ->
                UnsuitableTarget.unsupported(
                    "POSTGRES_USER of %s comes neither from a Secret nor from a ConfigMap."
                            .formatted(workload.describe())
                        + HELP));
  }

  private static Optional<ValueSource> reference(EnvVar variable) {
    EnvVarSource from = variable.getValueFrom();
    if (from == null) {
      return Optional.empty();
    }
    if (from.getSecretKeyRef() != null) {
      return Optional.of(
          new SecretEntry(from.getSecretKeyRef().getName(), from.getSecretKeyRef().getKey()));
    }
    if (from.getConfigMapKeyRef() != null) {
      return Optional.of(
          new ConfigMapEntry(
              from.getConfigMapKeyRef().getName(), from.getConfigMapKeyRef().getKey()));
    }
    return Optional.empty();
  }

  /** The entry of a Secret that is mounted as a file. */
  private static ValueSource mounted(Workload workload, PostgresContainer container, String path) {
    return container.container().getVolumeMounts().stream()
        .filter(m -> path.startsWith(m.getMountPath() + "/") || path.equals(m.getMountPath()))
        .max(Comparator.comparingInt(m -> m.getMountPath().length()))
        .flatMap(m -> entry(workload, m, path))
        .orElseThrow(
            () ->
                UnsuitableTarget.unsupported(
                    "POSTGRES_PASSWORD_FILE of %s, %s, is not in a volume made of a Secret."
                            .formatted(workload.describe(), path)
                        + HELP));
  }

  private static Optional<ValueSource> entry(Workload workload, VolumeMount mount, String path) {
    String file =
        path.equals(mount.getMountPath())
            ? String.valueOf(mount.getSubPath())
            : path.substring(mount.getMountPath().length() + 1);
    return workload.podSpec().getVolumes().stream()
        .filter(v -> v.getName().equals(mount.getName()) && v.getSecret() != null)
        .findFirst()
        .map(v -> new SecretEntry(v.getSecret().getSecretName(), key(v.getSecret(), file)));
  }

  private static String key(SecretVolumeSource secret, String file) {
    return secret.getItems() == null
        ? file
        : secret.getItems().stream()
            .filter(i -> i.getPath().equals(file))
            .map(KeyToPath::getKey)
            .findFirst()
            .orElse(file);
  }
}
