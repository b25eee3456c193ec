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
import dev.pgbackup.operator.pod.Security;
import dev.pgbackup.operator.pod.StorageAccess;
import dev.pgbackup.operator.workload.ProcessIdentity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the pods of a restore's jobs have in common: the agent in them, how it gets at the archive,
 * and where they may run.
 */
public final class JobPod {

  private final PgRestore restore;
  private final RestoreSource source;
  private final String image;
  private final MountedFiles files = new MountedFiles();
  private final ConfigText config;

  public JobPod(PgRestore restore, RestoreSource source, RestoreJob.Defaults defaults) {
    this.restore = restore;
    this.source = source;
    this.image = defaults.agentImage();
    this.config =
        ConfigText.of(
            config(source, StorageAccess.config(source.storage(), files), defaults.port()));
  }

  public String name() {
    return Names.restore(restore.getMetadata().getName());
  }

  /**
   * The pod, to which its containers are to be added.
   *
   * @param identity as whom everything in it runs
   * @param own volumes besides those that every agent has
   */
  public PodTemplateSpecBuilder template(
      String component, ProcessIdentity identity, List<Volume> own) {
    Placement placement = source.placement(restore.getSpec());
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(
            placement.labelsWith(Names.restoreLabels(component, restore.getMetadata().getName())))
        .withAnnotations(placement.annotations())
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withServiceAccountName(name())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withSecurityContext(Security.pod(identity.user(), identity.group()))
        .withNodeSelector(placement.nodeSelector())
        .withTolerations(placement.tolerations())
        .withAffinity(placement.affinity())
        .withPriorityClassName(placement.priorityClassName())
        .withImagePullSecrets(placement.imagePullSecrets())
        .withVolumes(own)
        .addToVolumes(AgentContainer.config(name()), AgentContainer.scratch())
        .addAllToVolumes(files.volumes())
        .endSpec();
  }

  /**
   * The agent in it.
   *
   * @param own mounts besides those that every agent has
   */
  public ContainerBuilder agent(List<String> arguments, List<VolumeMount> own) {
    return new ContainerBuilder()
        .withName(AgentContainer.NAME)
        .withImage(image)
        .withImagePullPolicy("IfNotPresent")
        .withArgs(arguments)
        .withResources(AgentContainer.resources(restore.getSpec().job().resources()))
        .withSecurityContext(Security.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(own)
        .addToVolumeMounts(AgentContainer.configMount(), AgentContainer.scratchMount())
        .addAllToVolumeMounts(files.mounts());
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
        .addToData(ReviewFiles.of(restore.getSpec()))
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
