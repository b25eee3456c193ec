package dev.pgbackup.testkit;

import dev.pgbackup.testkit.RequestFault.Effect;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Passes the requests of one client, each over a connection of its own to the server.
 *
 * <p>Knows of HTTP/1.1 what is needed to tell where a message ends.
 */
final class HttpRelay {

  private static final int MOST_OF_A_HEAD = 64 * 1024;

  /**
   * The first lines of a message.
   *
   * @param bytes as they came, with the empty line
   * @param first the request or status line
   * @param fields by lower-case name
   */
  private record Head(byte[] bytes, String first, Map<String, String> fields) {

    String word(int index) {
      return first.split(" ", 3)[index];
    }

    boolean isChunked() {
      return fields.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked");
    }

    Optional<Long> length() {
      return Optional.ofNullable(fields.get("content-length")).map(Long::valueOf);
    }
  }

  /** A body ended here on purpose. */
  private static final class CutException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final FaultProxy proxy;
  private final InputStream fromClient;
  private final OutputStream toClient;

  HttpRelay(FaultProxy proxy, Socket client) throws IOException {
    this.proxy = proxy;
    this.fromClient = new BufferedInputStream(client.getInputStream());
    this.toClient = client.getOutputStream();
  }

  /** Until the client has no more requests. */
  void run() throws IOException {
    Optional<Head> request = head(fromClient);
    while (request.isPresent()) {
      proxy.awaitLine();
      proxy.awaitDelay();
      Optional<RequestFault> fault = proxy.faultOf(request.get().word(0), request.get().word(1));
      if (fault.isPresent()) {
        strike(fault.get(), request.get());
      } else {
        ask(request.get(), Long.MAX_VALUE, Long.MAX_VALUE);
      }
      request = head(fromClient);
    }
  }

  private void strike(RequestFault fault, Head request) throws IOException {
    Effect effect = fault.effect();
    if (effect instanceof Effect.Answer answer) {
      body(request, false, fromClient, OutputStream.nullOutputStream(), Long.MAX_VALUE);
      answer(answer, request.word(0).equals("HEAD"));
    } else if (effect instanceof Effect.Silence) {
      proxy.awaitEndOf(fault);
      throw new CutException();
    } else if (effect instanceof Effect.CutRequest cut) {
      if (cut.bytes() >= 0) {
        ask(request, cut.bytes(), 0);
      }
      throw new CutException();
    } else if (effect instanceof Effect.CutAnswer cut) {
      ask(request, Long.MAX_VALUE, cut.bytes());
      throw new CutException();
    } else {
      ask(request, Long.MAX_VALUE, -1);
      throw new CutException();
    }
  }

  private void answer(Effect.Answer answer, boolean withoutBody) throws IOException {
    byte[] body = withoutBody ? new byte[0] : answer.body().getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + answer.status()
            + " Test\r\nContent-Type: "
            + answer.contentType()
            + "\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    toClient.write(head.getBytes(StandardCharsets.ISO_8859_1));
    toClient.write(body);
    toClient.flush();
  }

  /**
   * Passes a request and its answer.
   *
   * @param ofBody bytes of the request's body to pass at most
   * @param ofAnswer bytes of the answer's body to pass at most; -1: not even its head
   */
  private void ask(Head request, long ofBody, long ofAnswer) throws IOException {
    Socket server = proxy.connect();
    try {
      OutputStream toServer = server.getOutputStream();
      toServer.write(request.bytes());
      body(request, false, fromClient, toServer, ofBody);
      toServer.flush();
      InputStream fromServer = new BufferedInputStream(server.getInputStream());
      Head answer = head(fromServer).orElseThrow(EOFException::new);
      while (answer.word(1).startsWith("1")) {
        answer = head(fromServer).orElseThrow(EOFException::new);
      }
      proxy.awaitLine();
      OutputStream target = ofAnswer < 0 ? OutputStream.nullOutputStream() : toClient;
      target.write(answer.bytes());
      if (hasBody(request, answer)) {
        body(answer, true, fromServer, target, ofAnswer < 0 ? Long.MAX_VALUE : ofAnswer);
      }
      target.flush();
      proxy.release(server);
    } catch (IOException broken) {
      toClient.flush();
      proxy.abort(List.of(server));
      throw broken;
    }
  }

  private static boolean hasBody(Head request, Head answer) {
    return !request.word(0).equals("HEAD")
        && !answer.word(1).equals("204")
        && !answer.word(1).equals("304");
  }

  private void body(Head head, boolean mayEndByClosing, InputStream in, OutputStream out, long most)
      throws IOException {
    Passage passage = new Passage(in, out, most);
    if (head.isChunked()) {
      passage.chunks();
    } else if (head.length().isPresent()) {
      passage.bytes(head.length().get());
    } else if (mayEndByClosing) {
      passage.toEnd();
      throw new CutException();
    }
  }

  /** A body on its way. */
  private final class Passage {

    private final InputStream in;
    private final OutputStream out;
    private long rest;

    Passage(InputStream in, OutputStream out, long most) {
      this.in = in;
      this.out = out;
      this.rest = most;
    }

    void bytes(long count) throws IOException {
      long left = count;
      while (left > 0) {
        int read = some(left);
        if (read < 0) {
          throw new EOFException();
        }
        left -= read;
      }
    }

    void toEnd() throws IOException {
      while (some(Long.MAX_VALUE) >= 0) {
        continue;
      }
    }

    void chunks() throws IOException {
      long size;
      do {
        byte[] line = line(in);
        out.write(line);
        String text = new String(line, StandardCharsets.ISO_8859_1).strip();
        size = Long.parseLong(text.split(";", 2)[0].strip(), 16);
        bytes(size);
        if (size > 0) {
          out.write(line(in));
        }
      } while (size > 0);
      byte[] trailer;
      do {
        trailer = line(in);
        out.write(trailer);
      } while (trailer.length > 2);
    }

    private int some(long most) throws IOException {
      if (rest == 0) {
        throw new CutException();
      }
      byte[] buffer = new byte[(int) Math.min(Math.min(most, rest), proxy.piece())];
      int read = in.read(buffer);
      if (read > 0) {
        proxy.awaitTurn(read);
        proxy.awaitLine();
        out.write(buffer, 0, read);
        rest -= read;
      }
      return read;
    }
  }

  /** The next message's head; empty if there is none. */
  private static Optional<Head> head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Map<String, String> fields = new TreeMap<>();
    String first = "";
    while (true) {
      byte[] line = line(in);
      if (line.length == 0 && bytes.size() == 0) {
        return Optional.empty();
      }
      bytes.write(line);
      String text = new String(line, StandardCharsets.ISO_8859_1).strip();
      if (text.isEmpty()) {
        return Optional.of(new Head(bytes.toByteArray(), first, fields));
      }
      if (first.isEmpty()) {
        first = text;
      } else {
        int colon = text.indexOf(':');
        fields.put(
            text.substring(0, colon).toLowerCase(Locale.ROOT), text.substring(colon + 1).strip());
      }
      if (bytes.size() > MOST_OF_A_HEAD) {
        throw new IOException("this is no HTTP");
      }
    }
  }

  /** The next line with its end; empty at the end of the stream. */
  private static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int value;
    do {
      value = in.read();
      if (value < 0) {
        if (line.size() == 0) {
          return new byte[0];
        }
        throw new EOFException();
      }
      line.write(value);
    } while (value != '\n' && line.size() <= MOST_OF_A_HEAD);
    return line.toByteArray();
  }
}
