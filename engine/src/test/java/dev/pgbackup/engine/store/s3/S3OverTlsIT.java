package dev.pgbackup.engine.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.testkit.Authority;
import dev.pgbackup.testkit.S3Server;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A bucket over TLS: the store's certificate is verified against the authority's file")
class S3OverTlsIT {

  @TempDir private static Path folder;
  private static Authority authority;
  private static Authority stranger;
  private static S3Server server;
  private static S3Keys keys;

  @BeforeAll
  static void start() throws Exception {
    authority = Authority.create(Files.createDirectory(folder.resolve("authority")));
    stranger = Authority.create(Files.createDirectory(folder.resolve("stranger")));
    server = S3Server.s3proxy(authority);
    keys = new S3Keys(Files.createDirectory(folder.resolve("keys"))).write(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  @DisplayName("by an authority that is trusted: content comes and goes")
  void trusted() {
    try (S3Store store = S3Store.open(keys.settings(server).caFile(authority.caFile()).build())) {
      put(store);

      assertThat(Content.text(store, "a")).isEqualTo("over TLS");
    }
  }

  @Test
  @DisplayName("by an authority that is not trusted: refused, with what to give")
  void untrusted() {
    assertRefused(keys.settings(server).caFile(stranger.caFile()), "is not trusted");
    assertRefused(keys.settings(server), "is not trusted");
  }

  @Test
  @DisplayName("for another host: refused, with what to change")
  void otherHost() {
    URI byAddress = URI.create("https://127.0.0.1:" + server.endpoint().getPort());

    assertRefused(
        keys.settings(server).endpoint(byAddress).caFile(authority.caFile()),
        "is for another host name");
  }

  private static void put(S3Store store) {
    store.put("a", Content.of("over TLS"), ObjectAttributes.NONE, PutOptions.CREATE);
  }

  private static void assertRefused(S3Settings.Builder settings, String why) {
    try (S3Store store = S3Store.open(settings.build())) {
      assertThatThrownBy(() -> put(store))
          .isInstanceOfSatisfying(
              EngineException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.StoreRefused))
          .hasMessageContaining(why)
          .hasMessageContaining("https://");
    }
  }
}
