package dev.pgbackup.agent.config;

import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.config.BaseBackupConfig;
import dev.pgbackup.contract.config.ConnectionConfig;
import dev.pgbackup.contract.config.RetentionConfig;
import dev.pgbackup.contract.config.WalConfig;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.backup.BackupSettings;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.session.ConnectionSettings;
import dev.pgbackup.engine.postgres.session.TlsMode;
import dev.pgbackup.engine.retention.RetentionPolicy;
import dev.pgbackup.engine.store.decorate.RateLimit;
import dev.pgbackup.engine.wal.ArchivingSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A configuration in the engine's terms. */
public final class EngineSettings {

  private static final Duration LAG_AFTER = Duration.ofSeconds(60);
  private static final int WAL_UPLOADS = 4;

  private EngineSettings() {}

  /**
   * How to reach the server. The password is read at every connect.
   *
   * @throws EngineException {@code ConfigurationInvalid}, if there is no server in the
   *     configuration or the file with the role's name cannot be read
   */
  public static ConnectionSettings connection(AgentConfig config) {
    ConnectionConfig connection = config.connection();
    if (connection == null) {
      throw new EngineException(
          Reason.ConfigurationInvalid,
          "The configuration names no server: connection is missing. It needs at least host and user.");
    }
    String userFile = connection.userFile();
    String user = userFile == null ? String.valueOf(connection.user()) : secret(userFile);
    String passwordFile = connection.passwordFile();
    return new ConnectionSettings(
        connection.host(),
        connection.port(),
        connection.database(),
        user,
        () -> passwordFile == null ? "" : secret(passwordFile),
        tls(connection),
        Optional.ofNullable(connection.tls().caFile()).map(Path::of).orElse(null),
        ConnectionSettings.Timeouts.DEFAULT);
  }

  private static TlsMode tls(ConnectionConfig connection) {
    return switch (connection.tls().mode()) {
      case DISABLE -> TlsMode.Disable;
      case PREFER -> TlsMode.Prefer;
      case REQUIRE -> TlsMode.Require;
      case VERIFY_CA -> TlsMode.VerifyCa;
      case VERIFY_FULL -> TlsMode.VerifyFull;
    };
  }

  private static String secret(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw new EngineException(
          Reason.ConfigurationInvalid,
          "The file " + file + ", which the configuration names, cannot be read (" + e + ").",
          e);
    }
  }

  public static ArchivingSettings archiving(WalConfig wal) {
    return new ArchivingSettings(
        wal.slotName(),
        wal.flushInterval().duration(),
        LAG_AFTER.plus(wal.flushInterval().duration()),
        ArchivingSettings.MEMORY,
        WAL_UPLOADS,
        new ArchivingSettings.RetainedWal(
            OptionalLong.of(wal.retainedWal().warnAt().bytes()),
            OptionalLong.of(wal.retainedWal().limit().bytes()),
            switch (wal.retainedWal().onLimit()) {
              case Alert -> ArchivingSettings.OnLimit.Alert;
              case DropSlot -> ArchivingSettings.OnLimit.DropSlot;
            }));
  }

  /**
   * How a backup is taken.
   *
   * @param writer name and version of this program
   */
  public static BackupSettings backup(BaseBackupConfig config, Origin origin, String writer) {
    BackupSettings settings =
        BackupSettings.of(origin, hostName(), writer)
            .withParallelism(config.parallelism())
            .withWalPatience(config.timeout().duration());
    if (config.checkpoint() == BaseBackupConfig.Checkpoint.Spread) {
      settings = settings.withSpreadCheckpoint();
    }
    return config.maxRate() == null
        ? settings
        : settings.withLimit(RateLimit.of(config.maxRate().bytes()));
  }

  public static RetentionPolicy retention(RetentionConfig config) {
    return new RetentionPolicy(
        config.recoveryWindow().duration(), config.minBackups(), config.gracePeriod().duration());
  }

  /** The name of this machine or pod. */
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
