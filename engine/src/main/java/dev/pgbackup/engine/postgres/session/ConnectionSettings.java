package dev.pgbackup.engine.postgres.session;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is and how to log in.
 *
 * @param password asked for at every connect, so that a rotated one is taken up; never printed
 * @param caFile certificates of the authorities that {@link TlsMode#VerifyCa} and {@link
 *     TlsMode#VerifyFull} trust; null: {@code ~/.postgresql/root.crt}
 */
public record ConnectionSettings(
    String host,
    int port,
    String database,
    String user,
    Supplier<String> password,
    TlsMode tls,
    @Nullable Path caFile,
    Timeouts timeouts) {

  /**
   * How long to wait for a server.
   *
   * @param connect until a session is there
   * @param answer for the next bytes of an answer; zero: for ever
   */
  public record Timeouts(Duration connect, Duration answer) {
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60));
  }

  /** The server's address without credentials, as messages and {@code owner.json} show it. */
  public String address() {
    return host + ":" + port + "/" + database;
  }

  @Override
  public String toString() {
    return user + "@" + address() + " (" + tls + ")";
  }
}
