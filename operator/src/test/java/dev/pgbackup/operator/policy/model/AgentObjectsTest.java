package dev.pgbackup.operator.policy.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.pod.Names;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The objects of an agent")
class AgentObjectsTest {

  private static AgentObjects objects(PgBackupPolicy policy) {
    return AgentObjects.of(
        policy,
        ResolvedTarget.of(policy.getSpec(), Manifests.workload(), Manifests.services()),
        new AgentObjects.Defaults("pgbackup-agent:1", 8080, "PUBLIC KEY"));
  }

  private static PodSpec pod() {
    return objects(Manifests.policy()).deployment().getSpec().getTemplate().getSpec();
  }

  @Test
  @DisplayName(
      "C15 its pod keeps to the restricted standard and holds no credentials of Kubernetes")
  void restricted() {
    Container container = pod().getContainers().get(0);
    assertThat(pod().getAutomountServiceAccountToken()).isFalse();
    assertThat(pod().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod().getSecurityContext().getSeccompProfile().getType())
        .isEqualTo("RuntimeDefault");
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getResources().getLimits()).containsKey("memory");
    assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
  }

  @Test
  @DisplayName(
      "C16 secrets are mounted, and stand neither in arguments nor in the environment nor in the ConfigMap")
  void secretsAreMounted() {
    Container container = pod().getContainers().get(0);
    assertThat(container.getEnv()).isEmpty();
    assertThat(container.getArgs())
        .containsExactly("sidecar", "--config", "/etc/pgbackup/config/agent.yaml");
    assertThat(Manifests.write(pod().getVolumes())).contains("master-auth", "aws");
    assertThat(objects(Manifests.policy()).configMap().getData())
        .containsOnlyKeys("agent.yaml", "operator.pem");
  }

  @Test
  @DisplayName("what is mounted is mounted whole: a sub-path would never be updated")
  void noSubPath() {
    assertThat(pod().getContainers().get(0).getVolumeMounts())
        .extracting(VolumeMount::getSubPath)
        .containsOnlyNulls();
  }

  @Test
  @DisplayName("two agents of one archive never run at once")
  void recreate() {
    assertThat(objects(Manifests.policy()).deployment().getSpec().getStrategy().getType())
        .isEqualTo("Recreate");
  }

  @Test
  @DisplayName("C2 a suspended policy has no agent")
  void suspended() {
    PgBackupPolicy policy =
        Manifests.read(
            Manifests.write(Manifests.policy()).replace("suspend: false", "suspend: true"),
            PgBackupPolicy.class);
    assertThat(policy.getSpec().suspend()).isTrue();
    assertThat(objects(policy).deployment().getSpec().getReplicas()).isZero();
    assertThat(objects(Manifests.policy()).deployment().getSpec().getReplicas()).isEqualTo(1);
  }

  @Test
  @DisplayName("its configuration names files, and everything that the policy says")
  void configuration() {
    String yaml = objects(Manifests.policy()).configText().yaml();
    Map<?, ?> config = Manifests.read(yaml, Map.class);
    assertThat(config.get("connection"))
        .isEqualTo(
            Map.of(
                "host", "master.shop.svc",
                "port", 5432,
                "database", "postgres",
                "user", "postgres",
                "passwordFile", "/etc/pgbackup/files/database/password",
                "tls", Map.of("mode", "prefer")));
    assertThat(Manifests.write(config.get("storage")))
        .contains("bucket: \"backups\"")
        .contains("/etc/pgbackup/files/storage/access-key-id");
    assertThat(Manifests.write(config.get("wal"))).contains("pgbackup_master");
    assertThat(Manifests.write(config.get("baseBackup"))).contains("0 2 * * *");
    assertThat(Manifests.write(config.get("http")))
        .contains(Names.audience("shop", "master", Manifests.policy().getMetadata().getUid()));
  }

  @Test
  @DisplayName("belong to the policy, and no label of the database is on them")
  void owned() {
    assertThat(objects(Manifests.policy()).all())
        .allSatisfy(
            object -> {
              assertThat(object.getMetadata().getOwnerReferences())
                  .singleElement()
                  .satisfies(o -> assertThat(o.getKind()).isEqualTo("PgBackupPolicy"));
              assertThat(object.getMetadata().getLabels()).doesNotContainKeys("app", "tier");
            });
  }
}
