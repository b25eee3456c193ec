package dev.pgbackup.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Testkit: the proxy that spoils what passes")
class FaultProxyTest {

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<String> served = new CopyOnWriteArrayList<>();
  private final List<Set<String>> fields = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          fields.add(Set.copyOf(exchange.getRequestHeaders().keySet()));
          served.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          boolean chunked = exchange.getRequestURI().getPath().equals("/chunked");
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(
              200, head || body.length == 0 ? -1 : chunked ? 0 : body.length);
          if (!head && body.length > 0) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    proxy = FaultProxy.http(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    proxy.close();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void requests_pass_with_bodies_of_every_kind() throws Exception {
    assertThat(put("/plain", "hello").body()).isEqualTo("hello");
    assertThat(put("/chunked", "x".repeat(100_000)).body()).hasSize(100_000);
    assertThat(put("/empty", "").body()).isEmpty();
    assertThat(send(request("/head").method("HEAD", BodyPublishers.noBody())).statusCode())
        .isEqualTo(200);
    HttpRequest.Builder unknownLength =
        request("/stream")
            .PUT(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[50_000])));
    assertThat(send(unknownLength).body()).hasSize(50_000);

    assertThat(proxy.requests())
        .containsExactly("PUT /plain", "PUT /chunked", "PUT /empty", "HEAD /head", "PUT /stream");
  }

  @Test
  void an_answer_is_made_up_for_the_requests_that_match_and_no_more() throws Exception {
    RequestFault fault = proxy.when("PUT", "/a\\?part=.*").after(1).times(2).error(503, "SlowDown");

    assertThat(put("/a?part=1", "x").statusCode()).isEqualTo(200);
    assertThat(put("/b", "x").statusCode()).isEqualTo(200);
    assertThat(put("/a?part=2", "x").body()).contains("<Code>SlowDown</Code>");
    assertThat(put("/a?part=3", "x").statusCode()).isEqualTo(503);
    assertThat(put("/a?part=4", "x").statusCode()).isEqualTo(200);

    assertThat(fault.hits()).isEqualTo(2);
    assertThat(served).containsExactly("PUT /a?part=1", "PUT /b", "PUT /a?part=4");
  }

  @Test
  void a_reset_reaches_the_client_and_nothing_the_server() {
    proxy.when("*", "/a").reset();

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> put("/a", "x"));
    assertThat(served).isEmpty();
  }

  @Test
  void a_request_is_done_and_its_answer_lost() {
    proxy.when("*", "/a").loseAnswer();

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> put("/a", "x"));
    assertThat(served).containsExactly("PUT /a");
  }

  @Test
  void a_request_is_cut_off_so_that_the_server_never_has_it_all() {
    proxy.when("*", "/a").cutRequest(10);

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> put("/a", "x".repeat(100)));
    assertThat(served).isEmpty();
  }

  @Test
  void an_answer_ends_after_some_bytes() throws Exception {
    proxy.when("*", "/a").endAnswer(10);

    HttpResponse<InputStream> answer =
        client.send(
            request("/a").PUT(BodyPublishers.ofString("x".repeat(100))).build(),
            BodyHandlers.ofInputStream());

    assertThat(answer.statusCode()).isEqualTo(200);
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> answer.body().transferTo(got));
    assertThat(got.size()).isEqualTo(10);
  }

  @Test
  void an_answer_is_cut_off_and_its_request_done() {
    proxy.when("*", "/a").cutAnswer(10);

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> put("/a", "x".repeat(100)));
    assertThat(served).containsExactly("PUT /a");
  }

  @Test
  void a_request_hangs_until_the_proxy_is_told_to_pass() throws Exception {
    proxy.when("*", "/a").hang();

    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(
            () ->
                send(
                    request("/a")
                        .timeout(Duration.ofMillis(200))
                        .PUT(BodyPublishers.ofString("x"))));
    proxy.pass();

    assertThat(put("/a", "x").statusCode()).isEqualTo(200);
    assertThat(served).containsExactly("PUT /a");
  }

  @Test
  void a_line_that_hangs_goes_on_where_it_was() throws Exception {
    proxy.hang();
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(
            request("/a").PUT(BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());

    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(() -> send(request("/b").timeout(Duration.ofMillis(200))));
    assertThat(served).isEmpty();
    proxy.pass();

    assertThat(answer.get().body()).isEqualTo("x");
  }

  @Test
  void a_line_that_refuses_takes_connections_again_on_the_same_port() throws Exception {
    proxy.refuse();
    assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> put("/a", "x"));

    proxy.pass();
    assertThat(put("/a", "x").statusCode()).isEqualTo(200);
  }

  @Test
  void fields_are_dropped_and_requests_told_apart_by_them() throws Exception {
    proxy.when("*", ".*").withField("If-Match").after(1).error(501, "NotImplemented");
    proxy.dropFields("if-match");

    HttpRequest.Builder conditional =
        request("/a").header("If-Match", "x").PUT(BodyPublishers.ofString("x"));
    assertThat(send(conditional).statusCode()).isEqualTo(200);
    assertThat(send(conditional).statusCode()).isEqualTo(501);
    assertThat(put("/a", "x").statusCode()).isEqualTo(200);
    assertThat(fields.get(0)).doesNotContain("If-match").contains("Content-length");
  }

  @Test
  void a_slow_line_takes_its_time() throws Exception {
    proxy.bytesPerSecond(40_000);
    long start = System.nanoTime();

    assertThat(put("/a", "x".repeat(10_000)).body()).hasSize(10_000);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(450));
  }

  @Test
  void over_tcp_bytes_pass_hang_and_are_reset() throws Exception {
    try (ServerSocket echo = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        FaultProxy line = FaultProxy.tcp(echo.getLocalPort())) {
      threads.submit(
          () -> {
            while (true) {
              Socket socket = echo.accept();
              threads.submit(() -> socket.getInputStream().transferTo(socket.getOutputStream()));
            }
          });
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), line.port())) {
        socket.setSoTimeout(5_000);
        say(socket, "one");
        assertThat(hear(socket, 3)).isEqualTo("one");

        line.hang();
        say(socket, "two");
        socket.setSoTimeout(200);
        assertThatExceptionOfType(SocketTimeoutException.class)
            .isThrownBy(() -> socket.getInputStream().read());
        line.pass();
        socket.setSoTimeout(5_000);
        assertThat(hear(socket, 3)).isEqualTo("two");

        line.reset();
        assertThatExceptionOfType(SocketException.class)
            .isThrownBy(() -> socket.getInputStream().read());
      }
      assertThatIllegalStateException().isThrownBy(() -> line.when("*", ".*"));
    }
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hear(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.UTF_8);
  }

  private HttpResponse<String> put(String path, String body) throws Exception {
    return send(request(path).PUT(BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(proxy.endpoint() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
