package dev.pgbackup.engine.postgres.session;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/**
 * Makes sockets that lead to one address, whatever address they are asked to connect to: so the
 * driver still knows the host's name, which a certificate is compared with, but does not resolve it
 * again. Made by the driver, by name.
 */
public final class PinnedSocketFactory extends SocketFactory {

  private final InetAddress address;

  /**
   * @param address numerical, as {@link InetAddress#getHostAddress()} gives it
   */
  public PinnedSocketFactory(String address) throws IOException {
    this.address = InetAddress.getByName(address);
  }

  @Override
  public Socket createSocket() {
    return new Socket() {
      @Override
      public void connect(SocketAddress endpoint, int timeout) throws IOException {
        int port = ((InetSocketAddress) endpoint).getPort();
        super.connect(new InetSocketAddress(address, port), timeout);
      }
    };
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return new Socket(address, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return new Socket(address, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return new Socket(address, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return new Socket(address, port, localHost, localPort);
  }
}
