package dev.pgbackup.agent.sidecar;

import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.config.ConnectionConfig;
import dev.pgbackup.contract.config.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files beside the configuration that are read only when something begins: who the user is, whom to
 * trust. Passwords and keys are not among them: they are read again whenever they are needed.
 */
final class WatchedFiles {

  private final List<Path> files = new ArrayList<>();
  private final List<Integer> contents;

  WatchedFiles(AgentConfig config) {
    ConnectionConfig connection = config.connection();
    if (connection != null) {
      add(connection.userFile());
      add(connection.tls().caFile());
    }
    StorageConfig.S3Config s3 = config.storage().s3();
    if (s3 != null) {
      add(s3.caFile());
    }
    contents = look();
  }

  private void add(@Nullable String file) {
    if (file != null) {
      files.add(Path.of(file));
    }
  }

  /** Whether one of them has other content by now. */
  boolean haveChanged() {
    return !look().equals(contents);
  }

  private List<Integer> look() {
    return files.stream().map(WatchedFiles::fingerprint).toList();
  }

  private static int fingerprint(Path file) {
    try {
      return Arrays.hashCode(Files.readAllBytes(file));
    } catch (IOException e) {
      return 0;
    }
  }
}
