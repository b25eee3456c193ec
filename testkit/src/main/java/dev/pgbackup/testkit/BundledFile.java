package dev.pgbackup.testkit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file that comes as a resource of this module and is unpacked once per user of the machine.
 *
 * <p>What it becomes is named by its content's hash, so a new version never meets an old one's
 * files; it appears by one rename, so processes that unpack at the same time do not see each
 * other's halves.
 *
 * @param resource its name on the class path
 */
record BundledFile(String resource) {

  /** Makes the unpacked form of a file. */
  interface Unpacker {

    /**
     * @param content of the bundled file
     * @param target what to make, a file or a folder
     */
    void unpack(InputStream content, Path target) throws IOException;
  }

  boolean exists() {
    return BundledFile.class.getResource(resource) != null;
  }

  /** The file itself, on the disk. */
  Path file(String name) {
    return unpacked(name, Files::copy);
  }

  /** What the unpacker makes of the file. */
  Path unpacked(String name, Unpacker unpacker) {
    try {
      Path cache = Workspace.cache();
      Path target = cache.resolve(name + "-" + hash());
      if (Files.exists(target)) {
        return target;
      }
      Path draft = Files.createTempDirectory(cache, "unpacking-");
      try {
        Path made = draft.resolve("made");
        try (InputStream content = open()) {
          unpacker.unpack(content, made);
        }
        publish(made, target);
      } finally {
        Workspace.delete(draft);
      }
      return target;
    } catch (IOException failure) {
      throw new UncheckedIOException(resource + " cannot be unpacked", failure);
    }
  }

  private static void publish(Path made, Path target) throws IOException {
    try {
      Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      if (!Files.exists(target)) {
        throw failure;
      }
    }
  }

  private String hash() throws IOException {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
    try (InputStream content = new DigestInputStream(open(), sha256)) {
      content.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(sha256.digest()).substring(0, 16);
  }

  private InputStream open() throws FileNotFoundException {
    InputStream content = BundledFile.class.getResourceAsStream(resource);
    if (content == null) {
      throw new FileNotFoundException(
          resource + " is not on the class path; build the testkit module with Maven first");
    }
    return content;
  }
}
