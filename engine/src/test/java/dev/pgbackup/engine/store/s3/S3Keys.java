package dev.pgbackup.engine.store.s3;

import dev.pgbackup.testkit.FaultProxy;
import dev.pgbackup.testkit.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;

/**
 * The keys of a test's S3 server in files, as a mounted Secret has them.
 *
 * @param folder where the files are
 */
record S3Keys(Path folder) {

  /** Writes the keys that the server takes now; each file is replaced by one rename. */
  S3Keys write(S3Server server) {
    replace("id", server.accessKey());
    replace("secret", server.secretKey());
    return this;
  }

  private void replace(String name, String value) {
    try {
      Path draft = Files.writeString(folder.resolve(name + ".new"), value + "\n");
      Files.move(draft, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Settings for a folder of its own in the server's bucket, by way of a proxy. */
  S3Settings.Builder settings(S3Server server, FaultProxy proxy) {
    return settings(server).endpoint(proxy.endpoint());
  }

  /** Settings for a folder of its own in the server's bucket. */
  S3Settings.Builder settings(S3Server server) {
    return S3Settings.bucket(server.bucket())
        .prefix("test/" + UUID.randomUUID())
        .region(server.region())
        .endpoint(server.endpoint())
        .pathStyle(true)
        .credentials(
            new S3Credentials.KeyFiles(
                folder.resolve("id"), folder.resolve("secret"), Optional.empty()));
  }
}
