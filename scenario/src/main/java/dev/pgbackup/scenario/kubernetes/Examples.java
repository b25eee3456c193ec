package dev.pgbackup.scenario.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The manifests of {@code examples/}, as they are but for the two things that differ from cluster
 * to cluster: the image of PostgreSQL, and where the bucket is.
 *
 * @param folder the repository's folder with the examples
 * @param image of PostgreSQL
 * @param endpoint URL of the S3 server, reached by path
 */
public record Examples(Path folder, String image, String endpoint) {

  private static final String IMAGE = "postgres:17";

  /**
   * Reads one.
   *
   * @param changes texts in it, each of which must be there, and what takes their place
   */
  public List<GenericKubernetesResource> read(String file, Map<String, String> changes) {
    String text = text(file);
    for (Map.Entry<String, String> change : changes.entrySet()) {
      if (!text.contains(change.getKey())) {
        throw new IllegalArgumentException(file + " does not say: " + change.getKey());
      }
      text = text.replace(change.getKey(), change.getValue());
    }
    String here =
        text.replace(IMAGE, image)
            .replaceAll(
                "(?m)^( +)region: .*$",
                "$1region: us-east-1\n$1forcePathStyle: true\n$1endpoint: " + endpoint);
    return Stream.of(here.split("\n---\n"))
        .map(document -> Serialization.unmarshal(document, GenericKubernetesResource.class))
        .toList();
  }

  private String text(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
