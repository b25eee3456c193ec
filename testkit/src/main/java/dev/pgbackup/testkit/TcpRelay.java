package dev.pgbackup.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;

/**
 * Passes bytes between a client and a server until one of them ends.
 *
 * @param proxy whose faults they meet
 */
record TcpRelay(FaultProxy proxy, Socket client, Socket server) {

  void run() throws IOException {
    Thread answers = FaultProxy.run("answers", this::pumpAnswers);
    pump(client, server, true);
    try {
      answers.join();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void pumpAnswers() {
    try {
      pump(server, client, false);
    } catch (IOException broken) {
      proxy.abort(List.of(client, server));
    }
  }

  private void pump(Socket from, Socket to, boolean late) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] buffer = new byte[proxy.piece()];
    while (true) {
      proxy.awaitLine();
      int read = in.read(buffer, 0, Math.min(buffer.length, proxy.piece()));
      if (read < 0) {
        to.shutdownOutput();
        return;
      }
      if (late) {
        proxy.awaitDelay();
      }
      proxy.awaitTurn(read);
      proxy.awaitLine();
      out.write(buffer, 0, read);
    }
  }
}
