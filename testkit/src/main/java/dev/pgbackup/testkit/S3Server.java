package dev.pgbackup.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * An S3 server on this machine with one empty bucket, to be spoken to path style.
 *
 * <p>Its objects are files, so they outlive a stop and a start; its port stays the same. Closing it
 * deletes them. If this JVM dies, the server dies with it.
 */
public final class S3Server implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Which program serves. */
  private enum Kind {
    S3PROXY("s3proxy"),
    S3MOCK("s3mock");

    private final String program;
    private @Nullable Path jar;

    Kind(String program) {
      this.program = program;
    }

    /** Its content is read for this, so it is asked for once. */
    synchronized Path jar() {
      Path found = jar;
      if (found == null) {
        found = new BundledFile("/s3-servers/" + program + ".jar").file(program);
        jar = found;
      }
      return found;
    }
  }

  private final Kind kind;
  private final @Nullable Authority authority;
  private final Path work = Workspace.temporary("pgbackup-s3-");
  private final Path objects = work.resolve("objects");
  private final int port = Ports.free();
  private final String bucket = "backups";
  private String accessKey = newKey();
  private String secretKey = newKey();
  private @Nullable Process process;
  private boolean leavesClasses;

  private S3Server(Kind kind, @Nullable Authority authority) {
    this.kind = kind;
    this.authority = authority;
    Guard.watch(work);
    try {
      Files.createDirectories(kind == Kind.S3PROXY ? objects.resolve(bucket) : objects);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * Starts s3proxy: checks the signatures of requests that have one and lets none write without,
   * decides conditional writes, refuses content that does not fit its checksum, knows no versions.
   */
  public static S3Server s3proxy() {
    return new S3Server(Kind.S3PROXY, null).start();
  }

  /** Starts s3proxy as {@link #s3proxy()} does, with TLS and the certificate of an authority. */
  public static S3Server s3proxy(Authority authority) {
    return new S3Server(Kind.S3PROXY, authority).start();
  }

  /** Starts S3Mock: decides conditional writes and checks checksums, but no signatures. */
  public static S3Server s3mock() {
    return new S3Server(Kind.S3MOCK, null).start();
  }

  /** Starts the server again after {@link #stop}; its objects are what they were. */
  public S3Server start() {
    if (process != null) {
      throw new IllegalStateException("the server is running already");
    }
    try {
      Process started = launch();
      Guard.watch(started);
      process = started;
      awaitAnswer(started);
      return this;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Process launch() throws IOException {
    Path jar = kind.jar();
    ClassArchive classes =
        new ClassArchive(jar.resolveSibling(jar.getFileName() + "-" + Runtime.version() + ".jsa"));
    ClassArchive.Draft draft = classes.draft();
    leavesClasses = !classes.fits(List.of(jar));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Xlog:disable");
    command.addAll(leavesClasses ? draft.making() : classes.taking());
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(kind == Kind.S3PROXY ? s3proxyArguments() : s3mockArguments());
    Process started =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
    if (leavesClasses) {
      draft.publishAfter(started);
    }
    return started;
  }

  private List<String> s3proxyArguments() throws IOException {
    Path configuration =
        Files.writeString(
            work.resolve("s3proxy.properties"),
            """
            %s
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            s3proxy.ignore-unknown-headers=true
            jclouds.provider=filesystem-nio2
            jclouds.identity=unused
            jclouds.credential=unused
            jclouds.filesystem.basedir=%s
            """
                .formatted(s3proxyEndpoint(), accessKey, secretKey, objects));
    return List.of("--properties", configuration.toString());
  }

  private String s3proxyEndpoint() {
    if (authority == null) {
      return "s3proxy.endpoint=" + endpoint();
    }
    return """
    s3proxy.secure-endpoint=%s
    s3proxy.keystore-path=%s
    s3proxy.keystore-password=%s"""
        .formatted(endpoint(), authority.keyStore(), authority.password());
  }

  private List<String> s3mockArguments() {
    return List.of(
        "--server.port=0",
        "--server.address=127.0.0.1",
        "--http.port=" + port,
        "--com.adobe.testing.s3mock.store.root=" + objects,
        "--com.adobe.testing.s3mock.store.retain-files-on-exit=true",
        "--com.adobe.testing.s3mock.store.initial-buckets=" + bucket);
  }

  private void awaitAnswer(Process started) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!answers()) {
      if (!started.isAlive() || Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("the server does not answer:\n" + logText());
      }
      pause();
    }
  }

  private boolean answers() {
    try {
      HttpURLConnection connection = (HttpURLConnection) endpoint().toURL().openConnection();
      connection.setConnectTimeout(1_000);
      connection.setReadTimeout(10_000);
      try {
        return connection.getResponseCode() > 0;
      } finally {
        connection.disconnect();
      }
    } catch (SSLException certificateOfNobodyKnown) {
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Kills the server; nothing if it does not run. */
  public void stop() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      try {
        running.waitFor();
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a server stops", stop);
      }
      process = null;
    }
  }

  /**
   * Stops the server and starts it with another pair of keys: whoever comes with the old one is
   * refused from now on, where signatures are checked.
   */
  public void rotateKeys() {
    stop();
    accessKey = newKey();
    secretKey = newKey();
    start();
  }

  public URI endpoint() {
    return authority == null
        ? URI.create("http://127.0.0.1:" + port)
        : URI.create("https://localhost:" + port);
  }

  public String region() {
    return "us-east-1";
  }

  public String bucket() {
    return bucket;
  }

  public String accessKey() {
    return accessKey;
  }

  public String secretKey() {
    return secretKey;
  }

  /** The folder with the bucket's objects, a file each, by their keys. */
  public Path objects() {
    return objects.resolve(bucket);
  }

  /** The id of the server's process. */
  public long pid() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the server is not running");
    }
    return running.pid();
  }

  /** The file with all that the server said. */
  public Path log() {
    return work.resolve("server.log");
  }

  private String logText() {
    try {
      return new String(Files.readAllBytes(log()), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Ends the server and deletes its objects. */
  @Override
  public void close() {
    Process running = process;
    if (running != null && leavesClasses) {
      running.destroy();
      try {
        running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }
    stop();
    Workspace.delete(work);
  }

  private static String newKey() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a server", stop);
    }
  }

  @Override
  public String toString() {
    return kind + " at " + endpoint();
  }
}
