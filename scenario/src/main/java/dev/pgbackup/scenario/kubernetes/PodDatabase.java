package dev.pgbackup.scenario.kubernetes;

import dev.pgbackup.scenario.Database;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * The PostgreSQL of a pod, by a port that is forwarded through the API server. The official image
 * trusts connections from within the pod, which these are.
 */
public final class PodDatabase implements Database, AutoCloseable {

  private static final int PORT = 5432;

  private final LocalPortForward forward;

  private PodDatabase(LocalPortForward forward) {
    this.forward = forward;
  }

  public static PodDatabase of(Home home, String pod) {
    return new PodDatabase(
        home.client().pods().inNamespace(home.name()).withName(pod).portForward(PORT));
  }

  @Override
  public Connection connect(String name) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("socketTimeout", "60");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(forward.getLocalPort(), name), properties);
  }

  @Override
  public void close() {
    try {
      forward.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
