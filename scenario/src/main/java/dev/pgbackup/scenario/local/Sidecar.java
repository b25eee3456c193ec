package dev.pgbackup.scenario.local;

import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.status.AgentStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The agent as a daemon: its process and its HTTP server. */
final class Sidecar {

  private static final Duration GRACE = Duration.ofSeconds(30);

  private final AgentProgram program;
  private final Layout layout;
  private final int port = freePort();
  private final AgentHttp http = new AgentHttp(port);
  private @Nullable Process process;

  Sidecar(AgentProgram program, Layout layout) {
    this.program = program;
    this.layout = layout;
  }

  int port() {
    return port;
  }

  AgentHttp http() {
    return http;
  }

  void start() {
    process = program.start(List.of("sidecar"), layout.sidecarLog());
  }

  /** Asks it to end, and waits until it has. */
  void stop() {
    Process running = process;
    process = null;
    if (running == null) {
      return;
    }
    running.destroy();
    try {
      if (!running.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        running.destroyForcibly();
        throw new IllegalStateException("the sidecar does not end when it is asked to");
      }
    } catch (InterruptedException stop) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Kills it, as if the power went. */
  void kill() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  /** What it says about itself, if it answers. */
  Optional<AgentStatus> status() {
    Process running = process;
    if (running != null && !running.isAlive()) {
      throw new IllegalStateException(
          "the sidecar ended with code " + running.exitValue() + ":\n" + log());
    }
    return http.ask(Endpoints.STATUS, AgentStatus.class);
  }

  /** All that can be seen of it from outside, by where it is seen. */
  Map<String, String> visible() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the sidecar is not running");
    }
    Path seen = Path.of("/proc", String.valueOf(running.pid()));
    return Map.of(
        "the sidecar's arguments",
        text(seen.resolve("cmdline")),
        "the sidecar's environment",
        text(seen.resolve("environ")),
        "GET " + Endpoints.STATUS,
        http.text(Endpoints.STATUS),
        "GET " + Endpoints.METRICS,
        http.text(Endpoints.METRICS));
  }

  private String log() {
    return text(layout.sidecarLog());
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
