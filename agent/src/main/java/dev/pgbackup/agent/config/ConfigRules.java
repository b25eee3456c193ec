package dev.pgbackup.agent.config;

import dev.pgbackup.agent.schedule.BackupSchedule;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.config.BaseBackupConfig;
import dev.pgbackup.contract.config.ConnectionConfig;
import dev.pgbackup.contract.config.HttpConfig;
import dev.pgbackup.contract.config.RetentionConfig;
import dev.pgbackup.contract.config.StorageConfig;
import dev.pgbackup.contract.config.TlsMode;
import dev.pgbackup.contract.config.WalConfig;
import dev.pgbackup.engine.error.EngineException;
import java.time.Duration;

/** What must hold between the keys of a configuration. */
final class ConfigRules {

  private static final int MOST_PARALLEL = 64;

  private final ConfigBinder binder;

  ConfigRules(ConfigBinder binder) {
    this.binder = binder;
  }

  void check(AgentConfig config) {
    require(config.version() == 1, "version", "this program reads version 1 only");
    require(config.lineage() >= 1, "lineage", "lineages are counted from 1");
    ConnectionConfig connection = config.connection();
    if (connection != null) {
      check(connection);
    }
    check(config.storage());
    check(config.wal());
    check(config.baseBackup());
    check(config.retention());
    check(config.http());
  }

  private void check(ConnectionConfig connection) {
    require(
        connection.port() >= 1 && connection.port() <= 65535,
        "connection.port",
        "a port is a number from 1 to 65535");
    require(
        (connection.user() == null) != (connection.userFile() == null),
        "connection",
        "needs either user or userFile");
    TlsMode mode = connection.tls().mode();
    require(
        connection.tls().caFile() == null
            || mode == TlsMode.VERIFY_CA
            || mode == TlsMode.VERIFY_FULL,
        "connection.tls.caFile",
        "is only looked at with mode verify-ca or verify-full");
  }

  private void check(StorageConfig storage) {
    require(
        (storage.s3() == null) != (storage.directory() == null),
        "storage",
        "needs exactly one of s3 and directory");
    StorageConfig.S3Config s3 = storage.s3();
    if (s3 != null) {
      try {
        StoreConfigs.settings(s3);
      } catch (EngineException | IllegalArgumentException e) {
        binder.problem("storage.s3", String.valueOf(e.getMessage()));
      }
    }
  }

  private void check(WalConfig wal) {
    require(
        wal.slotName().matches("[a-z0-9_]{1,63}"),
        "wal.slotName",
        "a slot's name has 1 to 63 lower-case letters, digits and underscores");
    require(
        wal.flushInterval().duration().compareTo(Duration.ofMillis(100)) >= 0,
        "wal.flushInterval",
        "must be at least 100ms");
    require(
        wal.retainedWal().warnAt().bytes() > 0
            && wal.retainedWal().warnAt().bytes() <= wal.retainedWal().limit().bytes(),
        "wal.retainedWal",
        "warnAt must be above 0 and at most limit");
  }

  private void check(BaseBackupConfig backup) {
    sound("baseBackup.timeZone", () -> BackupSchedule.zone(backup.timeZone()));
    sound("baseBackup.schedule", () -> BackupSchedule.cron(backup.schedule()));
    require(
        backup.parallelism() >= 1 && backup.parallelism() <= MOST_PARALLEL,
        "baseBackup.parallelism",
        "is a number from 1 to " + MOST_PARALLEL);
    require(
        backup.maxRate() == null || backup.maxRate().bytes() >= 1 << 20,
        "baseBackup.maxRate",
        "must be at least 1Mi");
    require(
        !backup.timeout().duration().isZero(), "baseBackup.timeout", "must be longer than nothing");
  }

  private void check(RetentionConfig retention) {
    require(
        !retention.recoveryWindow().duration().isZero(),
        "retention.recoveryWindow",
        "must be longer than nothing");
    require(retention.minBackups() >= 1, "retention.minBackups", "must be at least 1");
  }

  private void check(HttpConfig http) {
    if (!http.listen().isEmpty()) {
      sound("http.listen", () -> ListenAddress.parse(http.listen()));
    }
    require(
        (http.tokenPublicKeyFile() == null) == (http.tokenAudience() == null),
        "http",
        "tokenPublicKeyFile and tokenAudience need each other");
  }

  private void sound(String path, Runnable parse) {
    try {
      parse.run();
    } catch (IllegalArgumentException e) {
      binder.problem(path, String.valueOf(e.getMessage()));
    }
  }

  private void require(boolean holds, String path, String message) {
    if (!holds) {
      binder.problem(path, message);
    }
  }
}
