package dev.pgbackup.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Manifests of the repository, as users get them. */
public final class Repository {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Repository() {}

  public static Path path(String name) {
    return ROOT.resolve(name);
  }

  /** A path as one writes it from the root of the repository. */
  public static String name(Path path) {
    return ROOT.relativize(path).toString();
  }

  /** The files that {@code kubectl apply -f} of a folder takes. */
  public static List<Path> manifests(String folder) {
    try (Stream<Path> files = Files.list(path(folder))) {
      return files.filter(file -> file.toString().matches(".*\\.(ya?ml|json)")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The objects of a file. */
  public static List<HasMetadata> objects(KubernetesClient client, Path file) {
    try (var in = Files.newInputStream(file)) {
      return client.load(in).items();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
