package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Keys in files, looked at before every request and read again when a file has changed. */
final class KeyFileCredentials implements RefreshableCredentials {

  private static final Logger LOG = LoggerFactory.getLogger(KeyFileCredentials.class);

  private record Version(List<FileTime> times, AwsCredentials credentials) {}

  private final S3Credentials.KeyFiles files;
  private @Nullable Version current;

  KeyFileCredentials(S3Credentials.KeyFiles files) {
    this.files = files;
  }

  @Override
  public synchronized AwsCredentials resolveCredentials() {
    Version known = current;
    try {
      List<FileTime> times = times();
      if (known == null || !known.times().equals(times)) {
        return read(times).credentials();
      }
      return known.credentials();
    } catch (IOException failure) {
      if (known != null) {
        return known.credentials();
      }
      throw new EngineException(
          Reason.ConfigurationInvalid,
          "the key files for the bucket cannot be read (" + failure + "); check the paths",
          failure);
    }
  }

  @Override
  public synchronized boolean differFrom(AwsCredentials refused) {
    try {
      return !read(times()).credentials().equals(refused);
    } catch (IOException replacedRightNow) {
      return false;
    }
  }

  private Version read(List<FileTime> times) throws IOException {
    String id = text(files.accessKeyId());
    String secret = text(files.secretAccessKey());
    Optional<Path> tokenFile = files.sessionToken();
    AwsCredentials credentials =
        tokenFile.isPresent()
            ? AwsSessionCredentials.create(id, secret, text(tokenFile.get()))
            : AwsBasicCredentials.create(id, secret);
    Version known = current;
    if (known != null && !known.credentials().equals(credentials)) {
      LOG.info("The credentials of the bucket have changed.");
    }
    Version read = new Version(times, credentials);
    current = read;
    return read;
  }

  private List<FileTime> times() throws IOException {
    List<FileTime> times = new ArrayList<>();
    times.add(Files.getLastModifiedTime(files.accessKeyId()));
    times.add(Files.getLastModifiedTime(files.secretAccessKey()));
    if (files.sessionToken().isPresent()) {
      times.add(Files.getLastModifiedTime(files.sessionToken().get()));
    }
    return times;
  }

  private static String text(Path file) throws IOException {
    String text = Files.readString(file).strip();
    if (text.isEmpty()) {
      throw new IOException(file + " is empty");
    }
    return text;
  }
}
