package dev.pgbackup.operator.policy.model;

import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.ConfigText;
import dev.pgbackup.operator.pod.MountedFiles;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Owner;
import dev.pgbackup.operator.pod.Placement;
import dev.pgbackup.operator.pod.Security;
import dev.pgbackup.operator.pod.StorageAccess;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.List;
import java.util.Map;

/**
 * The objects of a policy's agent: a pod of its own beside the database, with an account that has
 * no right.
 *
 * @param configText what the agent is to read
 */
public record AgentObjects(
    ServiceAccount account, ConfigMap configMap, Deployment deployment, ConfigText configText) {

  private static final long TERMINATION_GRACE_SECONDS = 30;

  /** What every agent of this operator has in common. */
  public record Defaults(String image, int port, String publicKeyPem) {}

  public static AgentObjects of(PgBackupPolicy policy, ResolvedTarget target, Defaults defaults) {
    MountedFiles files = new MountedFiles();
    AgentConfig config = AgentConfigs.of(policy, target, files, defaults.port());
    ConfigText text = ConfigText.of(config);
    ObjectMeta metadata = metadata(policy);
    return new AgentObjects(
        account(policy, metadata),
        new ConfigMapBuilder()
            .withMetadata(metadata)
            .withData(
                Map.of(
                    AgentContainer.CONFIG_FILE, text.yaml(),
                    AgentContainer.PUBLIC_KEY_FILE, defaults.publicKeyPem()))
            .build(),
        deployment(policy, metadata, pod(policy, files, defaults)),
        text);
  }

  /** In the order in which they are made. */
  public List<HasMetadata> all() {
    return List.of(account, configMap, deployment);
  }

  private static ObjectMeta metadata(PgBackupPolicy policy) {
    String name = policy.getMetadata().getName();
    return new ObjectMetaBuilder()
        .withNamespace(policy.getMetadata().getNamespace())
        .withName(Names.agent(name))
        .withLabels(Names.agentLabels(name))
        .withOwnerReferences(Owner.of(policy))
        .build();
  }

  private static ServiceAccount account(PgBackupPolicy policy, ObjectMeta metadata) {
    return new ServiceAccountBuilder()
        .withMetadata(
            new ObjectMetaBuilder(metadata)
                .withAnnotations(StorageAccess.accountAnnotations(policy.getSpec().storage().s3()))
                .build())
        .withAutomountServiceAccountToken(false)
        .build();
  }

  private static Deployment deployment(
      PgBackupPolicy policy, ObjectMeta metadata, PodTemplateSpec pod) {
    return new DeploymentBuilder()
        .withMetadata(metadata)
        .withNewSpec()
        .withReplicas(policy.getSpec().suspend() ? 0 : 1)
        // Two agents of one archive would fight for it.
        .withNewStrategy()
        .withType("Recreate")
        .endStrategy()
        .withRevisionHistoryLimit(1)
        .withNewSelector()
        .withMatchLabels(Names.agentLabels(policy.getMetadata().getName()))
        .endSelector()
        .withTemplate(pod)
        .endSpec()
        .build();
  }

  private static PodTemplateSpec pod(PgBackupPolicy policy, MountedFiles files, Defaults defaults) {
    Placement placement = Placement.of(policy.getSpec().agent().pod());
    String name = policy.getMetadata().getName();
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(placement.labelsWith(Names.agentLabels(name)))
        .withAnnotations(placement.annotations())
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName(Names.agent(name))
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withSecurityContext(Security.pod(Security.AGENT, Security.AGENT))
        .withTerminationGracePeriodSeconds(TERMINATION_GRACE_SECONDS)
        .withNodeSelector(placement.nodeSelector())
        .withTolerations(placement.tolerations())
        .withAffinity(placement.affinity())
        .withPriorityClassName(placement.priorityClassName())
        .withImagePullSecrets(placement.imagePullSecrets())
        .withContainers(container(policy, files, defaults))
        .withVolumes(AgentContainer.config(Names.agent(name)), AgentContainer.scratch())
        .addAllToVolumes(files.volumes())
        .endSpec()
        .build();
  }

  private static Container container(PgBackupPolicy policy, MountedFiles files, Defaults defaults) {
    return new ContainerBuilder()
        .withName(AgentContainer.NAME)
        .withImage(defaults.image())
        .withImagePullPolicy("IfNotPresent")
        .withArgs("sidecar", "--config", AgentContainer.CONFIG_PATH)
        .addNewPort()
        .withName(AgentContainer.HTTP_PORT)
        .withContainerPort(defaults.port())
        .withProtocol("TCP")
        .endPort()
        .withResources(AgentContainer.resources(policy.getSpec().agent().resources()))
        .withSecurityContext(Security.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withStartupProbe(probe(Endpoints.HEALTHZ, 2, 30))
        .withLivenessProbe(probe(Endpoints.HEALTHZ, 10, 6))
        .withReadinessProbe(probe(Endpoints.READYZ, 5, 2))
        .withVolumeMounts(AgentContainer.configMount(), AgentContainer.scratchMount())
        .addAllToVolumeMounts(files.mounts())
        .build();
  }

  private static Probe probe(String path, int periodSeconds, int failures) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath(path)
        .withNewPort(AgentContainer.HTTP_PORT)
        .endHttpGet()
        .withPeriodSeconds(periodSeconds)
        .withTimeoutSeconds(5)
        .withFailureThreshold(failures)
        .build();
  }
}
