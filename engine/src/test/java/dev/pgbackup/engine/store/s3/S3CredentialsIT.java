package dev.pgbackup.engine.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.testkit.FaultProxy;
import dev.pgbackup.testkit.RequestFault;
import dev.pgbackup.testkit.S3Server;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("S2: credentials that expire and are rotated while the store is in use")
class S3CredentialsIT {

  private static final int MIB = 1024 * 1024;

  private static S3Server server;

  @TempDir private Path folder;
  private FaultProxy proxy;
  private S3Keys keys;
  private S3Store store;

  @BeforeAll
  static void start() {
    server = S3Server.s3proxy();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    proxy = FaultProxy.http(server.endpoint());
    keys = new S3Keys(folder).write(server);
    setTime();
    store = S3Store.open(keys.settings(server, proxy).build());
    store.capabilities();
  }

  @AfterEach
  void close() {
    store.close();
    proxy.close();
  }

  @Test
  void keys_that_were_replaced_in_time_are_used_without_anybody_noticing() {
    put("a");
    server.rotateKeys();
    keys.write(server);

    put("b");

    assertThat(Content.text(store, "a")).isEqualTo("content of a");
    assertThat(Content.text(store, "b")).isEqualTo("content of b");
  }

  @Test
  void keys_that_are_replaced_too_late_are_refused_by_name_and_then_used() {
    String old = server.accessKey();
    server.rotateKeys();

    assertThatThrownBy(() -> put("a"))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.AccessDenied))
        .hasMessageContaining("does not know the access key id");
    assertThat(server.accessKey()).isNotEqualTo(old);
    keys.write(server);

    put("a");
    assertThat(Content.text(store, "a")).isEqualTo("content of a");
  }

  @Test
  void an_upload_goes_on_with_the_new_keys() {
    byte[] bytes = Content.random(12 * MIB, 1);
    try (ObjectUpload upload = store.create("a", ObjectAttributes.NONE, PutOptions.CREATE)) {
      upload.write(ByteBuffer.wrap(bytes, 0, 6 * MIB));
      server.rotateKeys();
      keys.write(server);
      upload.write(ByteBuffer.wrap(bytes, 6 * MIB, 6 * MIB));
      upload.commit();
    }

    assertThat(Content.read(store, "a", ByteRange.ALL)).isEqualTo(bytes);
    assertThat(proxy.requests()).filteredOn(request -> request.endsWith("/a?uploads")).hasSize(1);
  }

  @Test
  void a_request_that_was_under_way_with_the_old_keys_is_made_again_with_the_new_ones() {
    proxy.hang();
    CompletableFuture<Void> before = CompletableFuture.runAsync(() -> put("before"));
    awaitRequest("/before");
    server.rotateKeys();
    keys.write(server);
    CompletableFuture<Void> after = CompletableFuture.runAsync(() -> put("after"));
    awaitRequest("/after");
    proxy.pass();

    assertThat(before).succeedsWithin(Duration.ofSeconds(30));
    assertThat(after).succeedsWithin(Duration.ofSeconds(30));
    assertThat(Content.text(store, "before")).isEqualTo("content of before");
  }

  @Test
  void a_token_that_expired_is_read_again_and_if_it_is_the_same_the_failure_says_to_renew_it() {
    RequestFault expired = proxy.when("PUT", ".*/a").error(400, "ExpiredToken");

    assertThatThrownBy(() -> put("a"))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.AccessDenied))
        .hasMessageContaining("expired; renew them")
        .hasMessageNotContaining(server.secretKey());
    assertThat(expired.hits()).isOne();
    put("a");
  }

  @Test
  void a_refusal_without_a_reason_has_the_keys_read_again_even_if_their_files_look_the_same()
      throws Exception {
    put("a");
    server.rotateKeys();
    keys.write(server);
    setTime();
    RequestFault unexplained = proxy.when("HEAD", ".*/a").answer(400, "text/plain", "");

    assertThat(store.head("a")).isPresent();
    assertThat(unexplained.hits()).isOne();
  }

  @Test
  void listing_and_deleting_go_on_with_the_new_keys() {
    List<String> names = List.of("x/1", "x/2", "x/3");
    names.forEach(this::put);
    server.rotateKeys();
    keys.write(server);

    assertThat(store.list("x/", "")).extracting(ObjectInfo::key).isEqualTo(names);
    assertThat(store.listFolders("")).containsExactly("x");
    server.rotateKeys();
    keys.write(server);
    store.delete(names);
    assertThat(store.list("x/", "")).isEmpty();
  }

  private void setTime() throws IOException {
    FileTime time = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(folder.resolve("id"), time);
    Files.setLastModifiedTime(folder.resolve("secret"), time);
  }

  private void awaitRequest(String end) {
    await()
        .until(
            () -> proxy.requests(),
            requests -> requests.stream().anyMatch(request -> request.endsWith(end)));
  }

  private void put(String key) {
    store.put(key, Content.of("content of " + key), ObjectAttributes.NONE, PutOptions.CREATE);
  }
}
