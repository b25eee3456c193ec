package dev.pgbackup.operator.pod;

import dev.pgbackup.contract.config.ConnectionConfig;
import dev.pgbackup.contract.config.ConnectionConfig.TlsConfig;
import dev.pgbackup.contract.config.TlsMode;
import dev.pgbackup.crds.policy.Connection;
import dev.pgbackup.operator.workload.ServerAddress;
import dev.pgbackup.operator.workload.ServerCredentials;
import dev.pgbackup.operator.workload.ValueSource;
import dev.pgbackup.operator.workload.ValueSource.ConfigMapEntry;
import dev.pgbackup.operator.workload.ValueSource.Literal;
import dev.pgbackup.operator.workload.ValueSource.SecretEntry;
import org.jspecify.annotations.Nullable;

/** How an agent's pod gets at PostgreSQL: configuration and files. */
public final class ServerAccess {

  private ServerAccess() {}

  /**
   * The agent's configuration of a connection.
   *
   * @param files gets what it needs
   */
  public static ConnectionConfig config(
      Connection connection,
      ServerAddress address,
      ServerCredentials credentials,
      MountedFiles files) {
    ValueSource password = credentials.password();
    return new ConnectionConfig(
        address.host(),
        address.port(),
        connection.database(),
        credentials.user() instanceof Literal literal ? literal.text() : null,
        file("database/username", credentials.user(), files),
        password == null ? null : file("database/password", password, files),
        tls(connection.tls(), files));
  }

  private static @Nullable String file(String name, ValueSource source, MountedFiles files) {
    if (source instanceof SecretEntry secret) {
      return files.add(name, secret);
    }
    return source instanceof ConfigMapEntry map ? files.add(name, map) : null;
  }

  private static TlsConfig tls(Connection.Tls tls, MountedFiles files) {
    TlsMode mode =
        switch (tls.mode()) {
          case DISABLE -> TlsMode.DISABLE;
          case REQUIRE -> TlsMode.REQUIRE;
          case VERIFY_CA -> TlsMode.VERIFY_CA;
          case VERIFY_FULL -> TlsMode.VERIFY_FULL;
          case PREFER, Unrecognized -> TlsMode.PREFER;
        };
    return new TlsConfig(
        mode, tls.caRef() == null ? null : files.add("database/ca.pem", tls.caRef()));
  }
}
