package dev.pgbackup.scenario.local;

import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What an agent needs before it can protect a server: a role with the least privileges, keys of the
 * bucket, and one configuration file.
 *
 * @param port at which the sidecar shall listen
 */
record AgentSetup(PostgresServer server, S3Server store, Layout layout, Secrets secrets, int port) {

  static final String ROLE = "pgbackup";
  static final String GRANTS = "deploy/sql/grants.sql";

  /** Runs the grants as they are shipped, and gives the role a password. */
  void createRole(Path root) {
    try {
      server.execute(Files.readString(root.resolve(GRANTS)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
    replacePassword();
  }

  /** Gives the role a new password, and ends the sessions that were opened with the old one. */
  void replacePassword() {
    try {
      server.execute(
          "ALTER ROLE %s PASSWORD '%s'".formatted(ROLE, secrets.replace(Secrets.PASSWORD)),
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + ROLE + "'");
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Puts the keys that the bucket asks for now into their files. */
  void replaceKeys() {
    secrets.put(Secrets.KEY_ID, store.accessKey());
    secrets.put(Secrets.KEY, store.secretKey());
  }

  /** Writes the configuration, or another one into its place, which nobody sees half of. */
  void configure(Duration flushInterval) {
    Path file = layout.configuration();
    try {
      Path complete =
          Files.writeString(file.resolveSibling("." + file.getFileName()), content(flushInterval));
      Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private String content(Duration flushInterval) {
    return """
        connection:
          host: %s
          port: %d
          user: %s
          passwordFile: %s
        storage:
          s3:
            endpoint: %s
            region: %s
            bucket: %s
            forcePathStyle: true
            credentials:
              accessKeyIdFile: %s
              secretAccessKeyFile: %s
        wal:
          flushInterval: %ds
        baseBackup:
          schedule: "0 2 * * *"
        retention:
          recoveryWindow: 14d
        http:
          listen: 127.0.0.1:%d
        """
        .formatted(
            server.host(),
            server.port(),
            ROLE,
            secret(Secrets.PASSWORD),
            store.endpoint(),
            store.region(),
            store.bucket(),
            secret(Secrets.KEY_ID),
            secret(Secrets.KEY),
            flushInterval.toSeconds(),
            port);
  }

  private String secret(String name) {
    return layout.inside(secrets.file(name));
  }
}
