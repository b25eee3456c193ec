package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.archive.ArchiveChoice;
import dev.pgbackup.agent.config.ConfigFile;
import dev.pgbackup.agent.config.StoreConfigs;
import dev.pgbackup.agent.config.StoreUrl;
import dev.pgbackup.agent.output.Terminal;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.connect.ObjectStores;
import dev.pgbackup.engine.store.connect.StoreSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which archive is meant: by a configuration file, or by the store itself. */
final class ArchiveOptions {

  private static final List<Path> DEFAULT_FILES =
      List.of(Path.of("pgbackup.yaml"), Path.of("/etc/pgbackup/pgbackup.yaml"));

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "the configuration file (env PGBACKUP_CONFIG)")
  private @Nullable Path config;

  @Option(
      names = "--store",
      paramLabel = "URL",
      description =
          "instead of a file: s3://bucket/prefix or a directory; keys as AWS programs find them: environment,"
              + " profile, web identity (env PGBACKUP_STORE)")
  private @Nullable String store;

  @Option(
      names = "--s3-endpoint",
      paramLabel = "URL",
      description = "of a store other than AWS (env PGBACKUP_S3_ENDPOINT)")
  private @Nullable String endpoint;

  @Option(
      names = "--s3-region",
      paramLabel = "REGION",
      description = "for signatures (env PGBACKUP_S3_REGION, AWS_REGION)")
  private @Nullable String region;

  @Option(names = "--s3-path-style", description = "the bucket goes into the path")
  private boolean pathStyle;

  @Option(names = "--s3-ca-file", paramLabel = "FILE", description = "PEM certificates to trust")
  private @Nullable String caFile;

  @Option(
      names = "--archive",
      paramLabel = "ID",
      description =
          "which archive of the store, <system identifier>-<lineage>; not needed where there is one"
              + " (env PGBACKUP_ARCHIVE)")
  private @Nullable String archive;

  /** The configuration, if one was named or lies where one is looked for. */
  Optional<ConfigFile> configFile(Terminal terminal) {
    return storeUrl(terminal).isPresent()
        ? Optional.empty()
        : file(config, terminal).map(ConfigFile::read);
  }

  /** The path of the configuration file that was named, or lies where one is looked for. */
  static Path requiredFile(@Nullable Path named, Terminal terminal) {
    return file(named, terminal)
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.ConfigurationInvalid,
                    "No configuration file is named. Name one with --config or PGBACKUP_CONFIG."));
  }

  private static Optional<Path> file(@Nullable Path named, Terminal terminal) {
    return Optional.ofNullable(named)
        .or(() -> Optional.ofNullable(terminal.variable("PGBACKUP_CONFIG")).map(Path::of))
        .or(() -> DEFAULT_FILES.stream().filter(Files::exists).findFirst());
  }

  private Optional<String> storeUrl(Terminal terminal) {
    if (config != null && store != null) {
      throw new EngineException(
          Reason.InvalidArgument, "Give either --config or --store, not both.");
    }
    if (config != null) {
      return Optional.empty();
    }
    return Optional.ofNullable(store)
        .or(() -> Optional.ofNullable(terminal.variable("PGBACKUP_STORE")));
  }

  private StoreSettings settings(Terminal terminal, Optional<ConfigFile> file) {
    Optional<String> url = storeUrl(terminal);
    if (url.isPresent()) {
      return new StoreUrl(
              url.get(),
              or(endpoint, terminal, "PGBACKUP_S3_ENDPOINT"),
              or(region, terminal, "PGBACKUP_S3_REGION"),
              pathStyle,
              Optional.ofNullable(caFile))
          .settings();
    }
    return file.map(ConfigFile::config)
        .map(AgentConfig::storage)
        .map(StoreConfigs::settings)
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.ConfigurationInvalid,
                    "No archive is named. Name a configuration file with --config, or a store with --store."));
  }

  private static Optional<String> or(@Nullable String option, Terminal terminal, String variable) {
    return Optional.ofNullable(option).or(() -> Optional.ofNullable(terminal.variable(variable)));
  }

  /** Opens the archive that is meant. */
  Archive open(Terminal terminal) {
    return open(terminal, Optional.empty());
  }

  /** Opens the archive of a cluster. */
  Archive open(Terminal terminal, SystemIdentifier system) {
    return open(terminal, Optional.of(system));
  }

  private Archive open(Terminal terminal, Optional<SystemIdentifier> system) {
    Optional<ConfigFile> file = configFile(terminal);
    ObjectStore opened = ObjectStores.open(settings(terminal, file));
    Optional<String> id = or(archive, terminal, "PGBACKUP_ARCHIVE");
    return id.isPresent()
        ? Archive.open(opened, parsed(id.get()))
        : ArchiveChoice.only(opened, system, file.map(found -> found.config().lineage()));
  }

  private static ArchiveId parsed(String id) {
    try {
      return ArchiveId.parse(id);
    } catch (IllegalArgumentException e) {
      throw new EngineException(Reason.InvalidArgument, e.getMessage() + ".", e);
    }
  }
}
