package dev.pgbackup.operator.policy.model;

import dev.pgbackup.crds.policy.Connection;
import dev.pgbackup.crds.policy.PgBackupPolicySpec;
import dev.pgbackup.crds.policy.Target;
import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.PostgresContainer;
import dev.pgbackup.operator.workload.ProcessIdentity;
import dev.pgbackup.operator.workload.ServerAddress;
import dev.pgbackup.operator.workload.ServerCredentials;
import dev.pgbackup.operator.workload.UnsuitableTarget;
import dev.pgbackup.operator.workload.ValueSource.SecretEntry;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL that a policy means, as far as it is needed to connect to it. */
public record ResolvedTarget(
    Workload workload,
    PostgresContainer container,
    ServerAddress address,
    ServerCredentials credentials) {

  /**
   * Finds it; what the policy says goes before what the workload shows.
   *
   * @param services of the namespace
   * @throws UnsuitableTarget if it cannot be found
   */
  public static ResolvedTarget of(
      PgBackupPolicySpec spec, Workload workload, List<Service> services) {
    PostgresContainer container = PostgresContainer.find(workload, spec.target().container());
    return new ResolvedTarget(
        workload,
        container,
        address(spec.connection(), workload, container, services),
        credentials(spec.connection(), workload, container));
  }

  private static ServerAddress address(
      Connection connection,
      Workload workload,
      PostgresContainer container,
      List<Service> services) {
    Integer port = connection.port();
    if (connection.host() != null) {
      return new ServerAddress(
          connection.host(), Objects.requireNonNullElse(port, container.port()));
    }
    ServerAddress found = ServerAddress.find(workload, container, services);
    return port == null ? found : new ServerAddress(found.host(), port);
  }

  private static ServerCredentials credentials(
      Connection connection, Workload workload, PostgresContainer container) {
    Connection.AuthSecretRef secret = connection.authSecretRef();
    return secret == null
        ? ServerCredentials.find(workload, container)
        : new ServerCredentials(
            new SecretEntry(secret.name(), secret.usernameKey()),
            new SecretEntry(secret.name(), secret.passwordKey()));
  }

  /**
   * The volume that holds its data.
   *
   * @param reported the data directory as the server says it
   * @throws UnsuitableTarget if there is none
   */
  public DataVolume dataVolume(Target target, @Nullable String reported) {
    Target.DataVolume said = target.dataVolume();
    return DataVolume.find(
        workload,
        container,
        said == null
            ? new DataVolume.Hint(null, null)
            : new DataVolume.Hint(said.name(), said.pgdata()),
        reported);
  }

  /** Whose files the data directory's are; nothing if only the image knows. */
  public Optional<ProcessIdentity> identity(Target target) {
    return ProcessIdentity.find(workload, container, target.runAsUser());
  }
}
