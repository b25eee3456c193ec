package dev.pgbackup.e2e.install;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pgbackup.e2e.Repository;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A manifest as users get it: a file, or a block of YAML in a page that names a kind.
 *
 * @param name the file, with the line for a block in a page
 */
record ShippedManifest(String name, String text) {

  static final String KUSTOMIZATION = "kustomization.yaml";

  private static final List<String> FOLDERS =
      List.of("examples", "examples/master", "deploy/base", "deploy/chart/crds");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```yaml\\n(.*?)^\\1```$");
  private static final Pattern NAMES_A_KIND = Pattern.compile("(?m)^ *kind:");
  private static final String KUSTOMIZE = "kustomize.config.k8s.io";

  static List<ShippedManifest> all() {
    List<ShippedManifest> all = new ArrayList<>();
    for (String folder : FOLDERS) {
      Repository.manifests(folder).stream()
          .filter(file -> !file.endsWith(KUSTOMIZATION))
          .forEach(file -> all.add(new ShippedManifest(Repository.name(file), read(file))));
    }
    pages().forEach(page -> all.addAll(inPage(Repository.name(page), read(page))));
    return all;
  }

  /** Every page for people. */
  private static List<Path> pages() {
    try (Stream<Path> docs = Files.walk(Repository.path("docs"))) {
      return Stream.concat(
              Stream.of("README.md", "examples/README.md").map(Repository::path),
              docs.filter(file -> file.toString().endsWith(".md")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<ShippedManifest> inPage(String page, String text) {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> NAMES_A_KIND.matcher(block.group(2)).find())
        .filter(block -> !block.group(2).contains(KUSTOMIZE))
        .map(block -> new ShippedManifest(page + ":" + line(text, block), unindented(block)))
        .toList();
  }

  private static long line(String text, MatchResult block) {
    return text.substring(0, block.start()).lines().count() + 1;
  }

  private static String unindented(MatchResult block) {
    return block.group(2).replaceAll("(?m)^" + block.group(1), "");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<JsonNode> objects() {
    return Pattern.compile("(?m)^---$")
        .splitAsStream(text)
        .map(document -> Serialization.<JsonNode>unmarshal(document, JsonNode.class))
        .filter(document -> document != null && !document.isEmpty())
        .toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
