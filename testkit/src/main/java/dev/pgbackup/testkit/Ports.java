package dev.pgbackup.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback interface, from below those that the system gives to outgoing
 * connections, so that a server finds its port free again after a restart.
 */
final class Ports {

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;

  private Ports() {}

  static int free() {
    for (int attempt = 0; attempt < 1000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        continue;
      }
    }
    throw new IllegalStateException(
        "no free port from " + LOWEST + " to " + HIGHEST + " of the loopback interface");
  }
}
