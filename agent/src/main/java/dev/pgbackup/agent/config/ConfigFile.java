package dev.pgbackup.agent.config;

import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * A configuration file that was read.
 *
 * @param path where it was read from
 * @param config what it says
 * @param hash SHA-256 of its bytes, hexadecimal
 */
public record ConfigFile(Path path, AgentConfig config, String hash) {

  private static final int LIMIT = 1 << 20;

  /**
   * Reads a file.
   *
   * @throws EngineException {@code ConfigurationInvalid}, naming everything that is wrong with its
   *     line and column
   */
  public static ConfigFile read(Path path) {
    byte[] bytes = bytes(path);
    return new ConfigFile(path, parse(path.toString(), bytes), Sha256.hex(bytes));
  }

  /** The hash of what the file holds now; empty while it cannot be read. */
  public static Optional<String> currentHash(Path path) {
    try {
      return Optional.of(Sha256.hex(Files.readAllBytes(path)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads the text of a configuration.
   *
   * @param name of the file, for messages
   */
  static AgentConfig parse(String name, byte[] yaml) {
    ConfigBinder binder = new ConfigBinder();
    Optional<AgentConfig> config = binder.document(compose(name, yaml), AgentConfig.class);
    if (binder.problems().isEmpty()) {
      config.ifPresent(new ConfigRules(binder)::check);
    }
    if (!binder.problems().isEmpty()) {
      throw invalid(name, binder.problems());
    }
    return config.orElseThrow();
  }

  private static @Nullable Node compose(String name, byte[] yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(LIMIT);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString();
      return new Yaml(options).compose(new java.io.StringReader(text));
    } catch (CharacterCodingException e) {
      throw new EngineException(
          Reason.ConfigurationInvalid, name + " is not a text file in UTF-8.", e);
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      int column = e.getProblemMark() == null ? 1 : e.getProblemMark().getColumn() + 1;
      throw invalid(
          name, List.of(new ConfigProblem(line, column, "this is not YAML: " + e.getProblem())));
    } catch (YAMLException e) {
      throw new EngineException(
          Reason.ConfigurationInvalid, name + " is not YAML: " + e.getMessage(), e);
    }
  }

  private static EngineException invalid(String name, List<ConfigProblem> problems) {
    String list =
        problems.stream()
            .sorted(
                java.util.Comparator.comparingInt(ConfigProblem::line)
                    .thenComparingInt(ConfigProblem::column))
            .map(problem -> "\n  " + problem)
            .collect(Collectors.joining());
    return new EngineException(
        Reason.ConfigurationInvalid,
        name
            + (problems.size() == 1 ? " has a problem:" : " has " + problems.size() + " problems:")
            + list);
  }

  private static byte[] bytes(Path path) {
    try {
      if (Files.size(path) > LIMIT) {
        throw new EngineException(
            Reason.ConfigurationInvalid, path + " is too big for a configuration file.");
      }
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw new EngineException(
          Reason.ConfigurationInvalid,
          "There is no configuration file " + path + ". Name one with --config.",
          e);
    } catch (IOException e) {
      throw new EngineException(
          Reason.ConfigurationInvalid,
          "The configuration file " + path + " cannot be read (" + e + ").",
          e);
    }
  }
}
