package dev.pgbackup.scenario.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A folder of files with one secret each, as a mounted Secret is; remembers all that it ever held.
 */
final class Secrets {

  static final String SUPERUSER_PASSWORD = "superuser-password";
  static final String PASSWORD = "password";
  static final String KEY_ID = "access-key-id";
  static final String KEY = "secret-access-key";

  private final Path folder;
  private final List<String> used = new ArrayList<>();

  Secrets(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Writes or replaces a file; a reader sees the old content or the new one. */
  void put(String name, String secret) {
    used.add(secret);
    Path complete = folder.resolve("." + name);
    try {
      Files.writeString(
          complete, secret, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
      Files.setPosixFilePermissions(complete, PosixFilePermissions.fromString("rw-------"));
      Files.move(complete, file(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Writes a new random secret, and returns it. */
  String replace(String name) {
    String secret = UUID.randomUUID().toString();
    put(name, secret);
    return secret;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Whether a text holds any secret that was ever put here. */
  boolean occurIn(String text) {
    return used.stream().anyMatch(text::contains);
  }
}
