package dev.pgbackup.testkit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on loopback between a client and a server of this machine that can spoil what passes.
 *
 * <p>Faults of the line ({@link #hang}, {@link #reset}, {@link #refuse}, {@link #delay}, {@link
 * #bytesPerSecond}) work for any protocol and last until {@link #pass}. Faults of single requests
 * ({@link #when}) need a proxy made by {@link #http}.
 *
 * <p>A server that is not there shows as a connection that is reset.
 */
public final class FaultProxy implements AutoCloseable {

  private static final int MOST_BYTES_AT_ONCE = 16 * 1024;

  private final int target;
  private final boolean http;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<RequestFault> faults = new CopyOnWriteArrayList<>();
  private final Set<String> dropped = ConcurrentHashMap.newKeySet();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private @Nullable ServerSocket listener;
  private boolean hanging;
  private boolean closed;
  private Duration delay = Duration.ZERO;
  private long bytesPerSecond = Long.MAX_VALUE;
  private long lineIsFreeAt;

  private FaultProxy(int target, boolean http) {
    this.target = target;
    this.http = http;
    this.port = Ports.free();
    listen();
  }

  /** A proxy for any protocol over TCP. */
  public static FaultProxy tcp(int port) {
    return new FaultProxy(port, false);
  }

  /** A proxy for HTTP/1.1 without TLS. */
  public static FaultProxy http(URI server) {
    return new FaultProxy(server.getPort(), true);
  }

  /** The port to connect to instead of the server's. */
  public int port() {
    return port;
  }

  /** The address to connect to instead of the server's. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Ends all faults; what hangs goes on. */
  public synchronized void pass() {
    hanging = false;
    delay = Duration.ZERO;
    bytesPerSecond = Long.MAX_VALUE;
    faults.clear();
    dropped.clear();
    listen();
    notifyAll();
  }

  /** From now on no byte passes, in either direction; connections stay open. */
  public synchronized void hang() {
    hanging = true;
  }

  /** Resets the connections that are open now. */
  public void reset() {
    abort(List.copyOf(sockets));
  }

  /** Resets the connections that are open now, and takes no others. */
  public synchronized void refuse() {
    ServerSocket open = listener;
    listener = null;
    if (open != null) {
      closeQuietly(open);
    }
    reset();
  }

  /** From now on what goes to the server is late: each request, or each piece of data over TCP. */
  public synchronized void delay(Duration time) {
    delay = time;
  }

  /** From now on no more than this passes, both directions and all connections together. */
  public synchronized void bytesPerSecond(long rate) {
    bytesPerSecond = rate;
    lineIsFreeAt = System.nanoTime();
  }

  /**
   * Begins to describe what happens to single requests.
   *
   * @param method such as {@code PUT}, several as in {@code DELETE|POST}, or {@code *} for any
   * @param target a regular expression for the whole of the path with its query
   */
  public RequestFault when(String method, String target) {
    if (!http) {
      throw new IllegalStateException("this proxy does not read what passes");
    }
    return new RequestFault(method, Pattern.compile(target), faults);
  }

  /**
   * From now on requests reach the server without these fields, as if it did not know them; until
   * {@link #pass}. Not for servers that check signatures.
   */
  public void dropFields(String... names) {
    for (String name : names) {
      dropped.add(name.toLowerCase(Locale.ROOT));
    }
  }

  /**
   * Requests that came so far, as {@code PUT /bucket/key?query}, oldest first; also those that
   * hang.
   */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Ends the proxy and all its connections. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      hanging = false;
      notifyAll();
    }
    refuse();
  }

  void came(HttpHead request) {
    requests.add(request.method() + " " + request.target());
  }

  /** The fault that a request meets, if any. */
  Optional<RequestFault> faultOf(HttpHead request) {
    return faults.stream().filter(fault -> fault.strikes(request)).findFirst();
  }

  /** What of a request's head the server gets. */
  byte[] passing(HttpHead request) {
    return request.without(dropped);
  }

  /** Waits while the line hangs. */
  synchronized void awaitLine() throws IOException {
    try {
      while (hanging) {
        wait();
      }
    } catch (InterruptedException stop) {
      throw interrupted();
    }
    if (closed) {
      throw new IOException("the proxy is closed");
    }
  }

  /** Waits until the proxy is told to pass or closed, as a request that hangs does. */
  synchronized void awaitEndOf(RequestFault fault) throws IOException {
    try {
      while (!closed && faults.contains(fault)) {
        wait();
      }
    } catch (InterruptedException stop) {
      throw interrupted();
    }
  }

  void awaitDelay() throws IOException {
    Duration time;
    synchronized (this) {
      time = delay;
    }
    sleep(time.toNanos());
  }

  /** Waits until so many bytes may pass. */
  void awaitTurn(int bytes) throws IOException {
    long until;
    synchronized (this) {
      if (bytesPerSecond == Long.MAX_VALUE) {
        return;
      }
      long now = System.nanoTime();
      lineIsFreeAt =
          Math.max(now, lineIsFreeAt) + bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
      until = lineIsFreeAt - now;
    }
    sleep(until);
  }

  /** How many bytes to pass in one piece, so that a slow line flows instead of jerking. */
  synchronized int piece() {
    return (int) Math.max(1, Math.min(MOST_BYTES_AT_ONCE, bytesPerSecond / 10));
  }

  /** Opens a connection to the server. */
  Socket connect() throws IOException {
    Socket server = new Socket();
    sockets.add(server);
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      server.setTcpNoDelay(true);
      return server;
    } catch (IOException failure) {
      release(server);
      throw failure;
    }
  }

  /** Closes connections by a reset. */
  void abort(Collection<Socket> all) {
    for (Socket socket : all) {
      try {
        socket.setSoLinger(true, 0);
      } catch (IOException closedAlready) {
        // nothing is left to reset
      }
      release(socket);
    }
  }

  /** Closes a connection in peace. */
  void release(Socket socket) {
    sockets.remove(socket);
    closeQuietly(socket);
  }

  private synchronized void listen() {
    if (listener != null || closed) {
      return;
    }
    try {
      ServerSocket open = new ServerSocket();
      open.setReuseAddress(true);
      open.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      listener = open;
      run("accept", () -> accept(open));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void accept(ServerSocket open) {
    while (true) {
      Socket client;
      try {
        client = open.accept();
      } catch (IOException refusing) {
        return;
      }
      sockets.add(client);
      if (open.isClosed()) {
        abort(List.of(client));
        return;
      }
      run("relay", () -> relay(client));
    }
  }

  private void relay(Socket client) {
    List<Socket> both = new ArrayList<>(List.of(client));
    try {
      client.setTcpNoDelay(true);
      if (http) {
        new HttpRelay(this, client).run();
      } else {
        Socket server = connect();
        both.add(server);
        new TcpRelay(this, client, server).run();
      }
      both.forEach(this::release);
    } catch (IOException broken) {
      abort(both);
    }
  }

  static Thread run(String name, Runnable work) {
    Thread thread = new Thread(work, "fault-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void sleep(long nanos) throws IOException {
    if (nanos > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(nanos);
      } catch (InterruptedException stop) {
        throw interrupted();
      }
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException();
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception failure) {
      throw new IllegalStateException(closeable + " does not close", failure);
    }
  }
}
