package dev.pgbackup.operator.policy.model;

import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.config.BaseBackupConfig;
import dev.pgbackup.contract.config.ByteSize;
import dev.pgbackup.contract.config.HttpConfig;
import dev.pgbackup.contract.config.LogConfig;
import dev.pgbackup.contract.config.RetentionConfig;
import dev.pgbackup.contract.config.Span;
import dev.pgbackup.contract.config.WalConfig;
import dev.pgbackup.crds.policy.BaseBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.policy.PgBackupPolicySpec;
import dev.pgbackup.crds.policy.Retention;
import dev.pgbackup.crds.policy.Wal;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.MountedFiles;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.ServerAccess;
import dev.pgbackup.operator.pod.StorageAccess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The policy is the configuration: an agent's is rendered from it. */
final class AgentConfigs {

  private static final Span GRACE_PERIOD = new Span(Duration.ofDays(1));

  private AgentConfigs() {}

  /**
   * Renders it.
   *
   * @param files gets what the pod has to mount
   * @param port to serve HTTP on
   */
  static AgentConfig of(
      PgBackupPolicy policy, ResolvedTarget target, MountedFiles files, int port) {
    PgBackupPolicySpec spec = policy.getSpec();
    return new AgentConfig(
        1,
        ServerAccess.config(spec.connection(), target.address(), target.credentials(), files),
        StorageAccess.config(spec.storage().s3(), files),
        1,
        null,
        wal(spec.wal(), policy.getMetadata().getName()),
        baseBackup(spec.baseBackup()),
        retention(spec.retention()),
        new HttpConfig(
            "0.0.0.0:" + port,
            AgentContainer.CONFIG_DIRECTORY + "/" + AgentContainer.PUBLIC_KEY_FILE,
            Names.audience(
                policy.getMetadata().getNamespace(),
                policy.getMetadata().getName(),
                policy.getMetadata().getUid())),
        new LogConfig(LogConfig.Format.JSON, LogConfig.Level.INFO));
  }

  private static WalConfig wal(Wal wal, String policy) {
    return new WalConfig(
        wal.slotName() == null ? Names.slot(policy) : wal.slotName(),
        switch (wal.transport()) {
          case Sql -> WalConfig.Transport.Sql;
          case Auto, Unrecognized -> WalConfig.Transport.Auto;
        },
        Span.parse(wal.flushInterval()),
        new WalConfig.RetainedWalConfig(
            ByteSize.parse(wal.retainedWal().warnAt()),
            ByteSize.parse(wal.retainedWal().limit()),
            switch (wal.retainedWal().onLimit()) {
              case DropSlot -> WalConfig.OnLimit.DropSlot;
              case Alert, Unrecognized -> WalConfig.OnLimit.Alert;
            }));
  }

  private static BaseBackupConfig baseBackup(BaseBackup backup) {
    return new BaseBackupConfig(
        backup.schedule(),
        backup.timeZone(),
        Span.parse(backup.jitter()),
        backup.immediate(),
        backup.parallelism(),
        size(backup.maxRate()),
        switch (backup.checkpoint()) {
          case Spread -> BaseBackupConfig.Checkpoint.Spread;
          case Fast, Unrecognized -> BaseBackupConfig.Checkpoint.Fast;
        },
        Span.parse(backup.timeout()));
  }

  private static RetentionConfig retention(Retention retention) {
    return new RetentionConfig(
        Span.parse(retention.recoveryWindow()), retention.minBackups(), GRACE_PERIOD);
  }

  private static @Nullable ByteSize size(@Nullable String text) {
    return text == null ? null : ByteSize.parse(text);
  }
}
