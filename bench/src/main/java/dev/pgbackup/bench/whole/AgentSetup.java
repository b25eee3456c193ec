package dev.pgbackup.bench.whole;

import dev.pgbackup.testkit.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * An archive, and how the program is called to work with it.
 *
 * @param slot by which the server keeps WAL for it
 * @param port of the sidecar
 */
record AgentSetup(Rig rig, Path configuration, String prefix, String slot, int port) {

  static AgentSetup write(Rig rig, Path folder, URI endpoint) {
    String name = folder.getFileName().toString();
    String slot = "bench_" + name.replace('-', '_');
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.createDirectory(folder);
      Path file = folder.resolve("pgbackup.yaml");
      AgentSetup setup = new AgentSetup(rig, file, name, slot, free.getLocalPort());
      Files.writeString(file, setup.content(folder, endpoint));
      return setup;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private String content(Path folder, URI endpoint) throws IOException {
    S3Server store = rig.store();
    return """
        connection:
          host: %s
          port: %d
          user: %s
          passwordFile: %s
        storage:
          s3:
            endpoint: %s
            region: %s
            bucket: %s
            prefix: %s
            forcePathStyle: true
            credentials:
              accessKeyIdFile: %s
              secretAccessKeyFile: %s
        wal:
          slotName: %s
          retainedWal:
            warnAt: 1Ti
            limit: 1Ti
        baseBackup:
          schedule: ""
          immediate: false
          parallelism: %d
        http:
          listen: 127.0.0.1:%d
        """
        .formatted(
            rig.server().host(),
            rig.server().port(),
            Rig.ROLE,
            secret(folder, "password", rig.server().password()),
            endpoint,
            store.region(),
            store.bucket(),
            prefix,
            secret(folder, "access-key-id", store.accessKey()),
            secret(folder, "secret-access-key", store.secretKey()),
            slot,
            rig.options().parallelism(),
            port);
  }

  private static Path secret(Path folder, String name, String value) throws IOException {
    return Files.writeString(folder.resolve(name), value);
  }

  List<String> backup() {
    return List.of(rig.launcher().toString(), "backup", "--config", configuration.toString());
  }

  /** Into a new directory, which then waits at the end of its base backup, as a copy. */
  List<String> restoreBase(Path target) {
    return restore(target, "--target-immediate", "--action", "shutdown");
  }

  /** Into a new directory with all that is archived, promoted, as a copy. */
  List<String> restoreAll(Path target) {
    return restore(target, "--target-latest", "--action", "promote");
  }

  private List<String> restore(Path target, String... how) {
    return Stream.concat(
            Stream.of(
                rig.launcher().toString(),
                "restore",
                "--config",
                configuration.toString(),
                "--purpose",
                "clone",
                "--parallelism",
                String.valueOf(rig.options().parallelism()),
                "--postgres-bin",
                rig.server().binaries().binDirectory().toString(),
                "--target-dir",
                target.toString()),
            Stream.of(how))
        .toList();
  }

  /** Starts the sidecar. */
  Sidecar sidecar() {
    return Sidecar.start(
        rig.programs(),
        List.of(rig.launcher().toString(), "sidecar", "--config", configuration.toString()),
        port);
  }

  /** Bytes of all objects of the archive. */
  long stored() {
    return Disk.size(objects());
  }

  /** Removes the archive. */
  void delete() {
    Disk.delete(objects());
  }

  private Path objects() {
    return rig.store().objects().resolve(prefix);
  }
}
