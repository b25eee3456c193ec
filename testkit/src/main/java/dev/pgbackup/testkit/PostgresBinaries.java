package dev.pgbackup.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The programs {@code postgres}, {@code initdb} and {@code pg_ctl} of one major version, with most
 * of contrib; bundled with this module and unpacked once per user of the machine.
 *
 * <p>PostgreSQL refuses to run as root. For a caller who is root, the programs in {@link
 * #binDirectory()} therefore run in a user namespace of their own, in which they are nobody; what
 * they write belongs to root outside.
 */
public final class PostgresBinaries {

  private static final List<String> PROGRAMS = List.of("postgres", "initdb", "pg_ctl");
  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Map<Integer, PostgresBinaries> UNPACKED = new ConcurrentHashMap<>();

  private final int major;
  private final Path home;

  private PostgresBinaries(int major, Path home) {
    this.major = major;
    this.home = home;
  }

  /**
   * The programs of a major version.
   *
   * @throws IllegalArgumentException if it is not bundled; some are only with the Maven profile
   *     {@code all-versions}
   * @throws IllegalStateException if the caller is root and user namespaces are not available
   */
  public static PostgresBinaries of(int major) {
    return UNPACKED.computeIfAbsent(major, PostgresBinaries::unpacked);
  }

  /**
   * The bundled ones, oldest first; of those that {@code -Dpgbackup.versions} names, if it does.
   */
  public static List<PostgresBinaries> available() {
    List<String> wanted = List.of(System.getProperty("pgbackup.versions", "").split(","));
    return IntStream.rangeClosed(13, 18)
        .filter(major -> bundled(major).exists())
        .filter(major -> wanted.contains("") || wanted.contains(String.valueOf(major)))
        .mapToObj(PostgresBinaries::of)
        .toList();
  }

  private static BundledFile bundled(int major) {
    return new BundledFile("/postgres-binaries/" + major + ".jar");
  }

  private static PostgresBinaries unpacked(int major) {
    BundledFile jar = bundled(major);
    if (!jar.exists()) {
      throw new IllegalArgumentException(
          "PostgreSQL " + major + " is not bundled; build with -Pall-versions");
    }
    requireUserNamespaces();
    return new PostgresBinaries(major, jar.unpacked("postgres-" + major, PostgresBinaries::unpack));
  }

  private static void unpack(InputStream jar, Path home) throws IOException {
    ZipInputStream entries = new ZipInputStream(jar);
    for (var entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
      if (entry.getName().endsWith(".txz")) {
        untar(
            new TarArchiveInputStream(
                new XZCompressorInputStream(new BufferedInputStream(entries, 1 << 16))),
            home);
        wrap(home);
        return;
      }
    }
    throw new IOException("there is no .txz in it");
  }

  private static void untar(TarArchiveInputStream tar, Path home) throws IOException {
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      Path path = home.resolve(entry.getName()).normalize();
      if (!path.startsWith(home)) {
        throw new IOException(entry.getName() + " lies outside");
      }
      if (entry.isDirectory()) {
        Files.createDirectories(path);
        continue;
      }
      Files.createDirectories(path.getParent());
      if (entry.isSymbolicLink()) {
        Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      } else {
        Files.copy(tar, path);
        if ((entry.getMode() & 0100) != 0) {
          Files.setPosixFilePermissions(path, EXECUTABLE);
        }
      }
    }
  }

  /** Makes a script per program; each finds the program beside its own folder, wherever that is. */
  private static void wrap(Path home) throws IOException {
    Path wrappers = Files.createDirectories(home.resolve("wrapped"));
    for (String program : PROGRAMS) {
      Path script = wrappers.resolve(program);
      Files.writeString(
          script,
          """
          #!/bin/sh
          program="$(cd "$(dirname "$0")/../bin" && pwd)/%s"
          if [ "$(id -u)" = 0 ]; then
            exec unshare --user -- "$program" "$@"
          fi
          exec "$program" "$@"
          """
              .formatted(program));
      Files.setPosixFilePermissions(script, EnumSet.copyOf(EXECUTABLE));
    }
  }

  private static void requireUserNamespaces() {
    if (!Commands.isRoot()) {
      return;
    }
    String problem = Commands.problemOf("unshare", "--user", "--", "true");
    if (!problem.isEmpty()) {
      throw new IllegalStateException(
          "PostgreSQL does not run as root, and this machine gives root no user namespace ("
              + problem
              + "); run the tests as another user, or allow user namespaces"
              + " (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone)");
    }
  }

  public int major() {
    return major;
  }

  /** The folder whose {@code postgres}, {@code initdb} and {@code pg_ctl} work for any user. */
  public Path binDirectory() {
    return home.resolve("wrapped");
  }

  @Override
  public String toString() {
    return "PostgreSQL " + major;
  }
}
