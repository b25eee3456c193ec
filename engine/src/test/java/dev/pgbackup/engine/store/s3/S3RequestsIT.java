package dev.pgbackup.engine.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.testkit.FaultProxy;
import dev.pgbackup.testkit.RequestFault;
import dev.pgbackup.testkit.S3Server;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("S3: requests are such that every store understands them")
class S3RequestsIT {

  @TempDir private Path folder;

  @Test
  void the_bucket_is_in_the_path_and_no_body_comes_in_pieces_or_with_trailers() {
    try (S3Server server = S3Server.s3proxy();
        FaultProxy proxy = FaultProxy.http(server.endpoint());
        S3Store store =
            S3Store.open(new S3Keys(folder).write(server).settings(server, proxy).build())) {
      List<RequestFault> unwanted =
          Stream.of(
                  "x-amz-trailer",
                  "x-amz-decoded-content-length",
                  "Content-Encoding",
                  "Transfer-Encoding",
                  "Expect")
              .map(
                  field ->
                      proxy.when("*", ".*").withField(field).always().error(501, "NotImplemented"))
              .toList();

      useAll(store);

      assertThat(unwanted).allSatisfy(fault -> assertThat(fault.hits()).isZero());
      assertThat(proxy.requests())
          .hasSizeGreaterThan(10)
          .allSatisfy(
              request -> assertThat(request).matches("[A-Z]+ /" + server.bucket() + "[/?].*"));
    }
  }

  private static void useAll(S3Store store) {
    store.put("a", Content.of("a"), ObjectAttributes.NONE.with("b", "c"), PutOptions.CREATE);
    try (ObjectUpload upload = store.create("big", ObjectAttributes.NONE, PutOptions.CREATE)) {
      upload.write(ByteBuffer.wrap(Content.random(6 * 1024 * 1024, 1)));
      upload.commit();
    }
    try (ObjectUpload left = store.create("left", ObjectAttributes.NONE, PutOptions.CREATE)) {
      left.write(ByteBuffer.wrap(Content.random(6 * 1024 * 1024, 1)));
      store.abortUncommitted("left", Instant.now().plusSeconds(60));
    }
    assertThat(Content.read(store, "big", new ByteRange(1, 2))).hasSize(2);
    assertThat(store.head("a")).isPresent();
    assertThat(store.listFolders("")).isEmpty();
    store.delete(List.of("a", "big"));
    assertThat(store.list("", "")).isEmpty();
  }
}
