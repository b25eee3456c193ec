package dev.pgbackup.engine.postgres.session;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Passes sessions on, but announces a process id of its own in the startup, as connection poolers
 * do.
 */
final class LyingPooler implements AutoCloseable {

  private static final int BACKEND_KEY_DATA = 'K';
  private static final int READY_FOR_QUERY = 'Z';

  private final ServerSocket listener;
  private final int serverPort;

  LyingPooler(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    inBackground(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() throws IOException {
    while (!listener.isClosed()) {
      Socket client = listener.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
      inBackground(() -> client.getInputStream().transferTo(server.getOutputStream()));
      inBackground(() -> answer(server.getInputStream(), client.getOutputStream()));
    }
  }

  private static void answer(InputStream from, OutputStream to) throws IOException {
    DataInputStream in = new DataInputStream(from);
    int type;
    do {
      type = in.readUnsignedByte();
      int length = in.readInt();
      byte[] body = in.readNBytes(length - 4);
      if (type == BACKEND_KEY_DATA) {
        body[3]++;
      }
      to.write(type);
      to.write(
          new byte[] {
            (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length
          });
      to.write(body);
      to.flush();
    } while (type != READY_FOR_QUERY);
    from.transferTo(to);
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void inBackground(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException ended) {
                // one side closed its connection
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
