package dev.pgbackup.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Testkit: S3 servers")
class S3ServerIT {

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void objects_outlive_a_stop_and_a_start_on_the_same_port() throws Exception {
    try (S3Server server = S3Server.s3mock()) {
      URI object = server.endpoint().resolve("/" + server.bucket() + "/a/b");
      assertThat(
              send(HttpRequest.newBuilder(object).PUT(HttpRequest.BodyPublishers.ofString("hello")))
                  .statusCode())
          .isEqualTo(200);

      server.stop();
      server.start();

      assertThat(send(HttpRequest.newBuilder(object)).body()).isEqualTo("hello");
    }
  }

  @Test
  void who_does_not_sign_is_refused_by_s3proxy_and_nothing_is_left_after_closing()
      throws Exception {
    Path log;
    try (S3Server server = S3Server.s3proxy()) {
      log = server.log();
      HttpRequest.Builder unsigned =
          HttpRequest.newBuilder(server.endpoint().resolve("/" + server.bucket() + "/a"))
              .PUT(HttpRequest.BodyPublishers.ofString("hello"));
      assertThat(send(unsigned).statusCode()).isEqualTo(403);
      assertThat(log).exists();
    }
    assertThat(log.getParent()).doesNotExist();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
