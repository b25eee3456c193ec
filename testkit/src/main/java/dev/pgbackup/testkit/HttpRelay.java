package dev.pgbackup.testkit;

import dev.pgbackup.testkit.RequestFault.Effect;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Passes the requests of one client, each over a connection of its own to the server.
 *
 * <p>Knows of HTTP/1.1 what is needed to tell where a message ends.
 */
final class HttpRelay {

  /** A message ended here on purpose. */
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
    Optional<HttpHead> request = HttpHead.read(fromClient);
    while (request.isPresent()) {
      proxy.came(request.get());
      proxy.awaitLine();
      proxy.awaitDelay();
      Optional<RequestFault> fault = proxy.faultOf(request.get());
      if (fault.isPresent() && fault.get().effect() instanceof Effect.EndAnswer end) {
        endAnswer(request.get(), end.bytes());
        return;
      }
      if (fault.isPresent()) {
        strike(fault.get(), request.get());
      } else {
        ask(request.get(), Long.MAX_VALUE);
      }
      request = HttpHead.read(fromClient);
    }
  }

  private void strike(RequestFault fault, HttpHead request) throws IOException {
    Effect effect = fault.effect();
    if (effect instanceof Effect.Answer answer) {
      body(request, false, fromClient, OutputStream.nullOutputStream(), Long.MAX_VALUE);
      answer(answer, request.method().equals("HEAD"));
    } else if (effect instanceof Effect.Silence) {
      proxy.awaitEndOf(fault);
      throw new CutException();
    } else if (effect instanceof Effect.CutRequest cut) {
      cutOff(request, cut.bytes());
      throw new CutException();
    } else if (effect instanceof Effect.CutAnswer cut) {
      ask(request, cut.bytes());
      throw new CutException();
    } else {
      ask(request, -1);
      throw new CutException();
    }
  }

  /** Ends the connection in peace: a reset might overtake the bytes that shall arrive. */
  private void endAnswer(HttpHead request, long bytes) throws IOException {
    try {
      ask(request, bytes);
    } catch (CutException asWanted) {
      toClient.flush();
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

  private void cutOff(HttpHead request, long bytes) throws IOException {
    if (bytes < 0) {
      return;
    }
    Socket server = proxy.connect();
    try {
      server.getOutputStream().write(proxy.passing(request));
      body(request, false, fromClient, server.getOutputStream(), bytes);
    } finally {
      proxy.abort(List.of(server));
    }
  }

  /**
   * Passes a request and its answer.
   *
   * @param ofAnswer bytes of the answer's body to pass at most; -1: not even its head
   */
  private void ask(HttpHead request, long ofAnswer) throws IOException {
    Socket server = proxy.connect();
    try {
      OutputStream toServer = server.getOutputStream();
      toServer.write(proxy.passing(request));
      body(request, false, fromClient, toServer, Long.MAX_VALUE);
      toServer.flush();
      InputStream fromServer = new BufferedInputStream(server.getInputStream());
      HttpHead answer = HttpHead.read(fromServer).orElseThrow(EOFException::new);
      while (answer.status().startsWith("1")) {
        answer = HttpHead.read(fromServer).orElseThrow(EOFException::new);
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

  private static boolean hasBody(HttpHead request, HttpHead answer) {
    return !request.method().equals("HEAD")
        && !answer.status().equals("204")
        && !answer.status().equals("304");
  }

  private void body(
      HttpHead head, boolean mayEndByClosing, InputStream in, OutputStream out, long most)
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
        byte[] line = HttpHead.line(in);
        out.write(line);
        String text = new String(line, StandardCharsets.ISO_8859_1).strip();
        size = Long.parseLong(text.split(";", 2)[0].strip(), 16);
        bytes(size);
        if (size > 0) {
          out.write(HttpHead.line(in));
        }
      } while (size > 0);
      byte[] trailer;
      do {
        trailer = HttpHead.line(in);
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
}
