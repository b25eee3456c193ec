package dev.pgbackup.operator.restore.model;

import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.config.BaseBackupConfig;
import dev.pgbackup.contract.config.ByteSize;
import dev.pgbackup.contract.config.HttpConfig;
import dev.pgbackup.contract.config.LogConfig;
import dev.pgbackup.contract.config.RetentionConfig;
import dev.pgbackup.contract.config.Span;
import dev.pgbackup.contract.config.StorageConfig;
import dev.pgbackup.contract.config.WalConfig;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.ConfigText;
import dev.pgbackup.operator.pod.MountedFiles;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Owner;
import dev.pgbackup.operator.pod.Placement;
import dev.pgbackup.operator.pod.StorageAccess;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the pods of a restore's jobs have in common: how they get at the archive. */
public final class JobPod {

  private final PgRestore restore;
  private final RestoreSource source;
  private final MountedFiles files = new MountedFiles();
  private final ConfigText config;

  /**
   * @param port to serve HTTP on
   */
  public JobPod(PgRestore restore, RestoreSource source, int port) {
    this.restore = restore;
    this.source = source;
    this.config = ConfigText.of(config(source, StorageAccess.config(source.storage(), files), port));
  }

  public MountedFiles files() {
    return files;
  }

  public String name() {
    return Names.restore(restore.getMetadata().getName());
  }

  /** Where the pod may run: where the database may, or as the restore says. */
  public Placement placement() {
    Placement like =
        source.target() == null
            ? Placement.ANYWHERE
            : Placement.like(source.target().workload().podSpec());
    return like.with(Placement.of(restore.getSpec().job().pod()));
  }

  public ObjectMeta metadata(String name, String component) {
    return new ObjectMetaBuilder()
        .withNamespace(restore.getMetadata().getNamespace())
        .withName(name)
        .withLabels(Names.restoreLabels(component, restore.getMetadata().getName()))
        .withOwnerReferences(Owner.of(restore))
        .build();
  }

  /** What must be there before a pod is. */
  public List<HasMetadata> prerequisites() {
    return List.of(account(), configMap());
  }

  private ServiceAccount account() {
    return new ServiceAccountBuilder()
        .withMetadata(
            new ObjectMetaBuilder(metadata(name(), "restore"))
                .withAnnotations(StorageAccess.accountAnnotations(source.storage()))
                .build())
        .withAutomountServiceAccountToken(false)
        .build();
  }

  private ConfigMap configMap() {
    return new ConfigMapBuilder()
        .withMetadata(metadata(name(), "restore"))
        .withData(Map.of(AgentContainer.CONFIG_FILE, config.yaml()))
        .build();
  }

  /** A restore needs the store of it only; the rest is what the agent's defaults are. */
  private static AgentConfig config(RestoreSource source, StorageConfig storage, int port) {
    return new AgentConfig(
        1,
        null,
        storage,
        1,
        null,
        new WalConfig(
            source.slotName(),
            WalConfig.Transport.Auto,
            new Span(Duration.ofSeconds(5)),
            new WalConfig.RetainedWalConfig(
                ByteSize.parse("4Gi"), ByteSize.parse("16Gi"), WalConfig.OnLimit.Alert)),
        new BaseBackupConfig(
            "",
            "Etc/UTC",
            new Span(Duration.ZERO),
            false,
            1,
            null,
            BaseBackupConfig.Checkpoint.Fast,
            new Span(Duration.ofHours(6))),
        new RetentionConfig(new Span(Duration.ofDays(14)), 1, new Span(Duration.ofDays(1))),
        new HttpConfig("0.0.0.0:" + port, null, null),
        new LogConfig(LogConfig.Format.JSON, LogConfig.Level.INFO));
  }
}
