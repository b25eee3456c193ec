package dev.pgbackup.operator.gitops;

import static dev.pgbackup.operator.fakes.AgentStatuses.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.RestoreStatus;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.backup.model.BackupStatuses;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.fakes.OperatorUnderTest;
import dev.pgbackup.operator.fakes.Reports;
import dev.pgbackup.operator.pod.ConfigText;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.policy.model.PolicyFacts;
import dev.pgbackup.operator.policy.model.PolicyStatuses;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * With {@code -Dgenerate} they are written; what they mean is in {@code expected.yaml}, by hand.
 */
@EnableKubernetesMockClient(crud = true)
@DisplayName("C18 the statuses that health for GitOps is tried on are the operator's own")
class StatusFixturesTest {

  private static final Path FOLDER = Path.of("../deploy/gitops/fixtures");
  private static final ConfigText CONFIG = new ConfigText("version: 1\n");
  private static final String JOB = "pgbackup-restore-before-cc";

  KubernetesClient client;

  private final Map<String, String> fixtures = new TreeMap<>();

  @Test
  @DisplayName("each file is what the operator writes today")
  void current() throws IOException {
    policies();
    backups();
    restores();
    for (Map.Entry<String, String> fixture : fixtures.entrySet()) {
      Path file = FOLDER.resolve(fixture.getKey() + ".yaml");
      if (System.getProperty("generate") != null) {
        Files.writeString(file, fixture.getValue());
      }
      assertThat(file)
          .as(
              "run `mvn -pl operator -am test -Dtest=StatusFixturesTest -Dgenerate …` and commit it")
          .hasContent(fixture.getValue());
    }
    try (var files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> !name.equals("expected.yaml"))
          .hasSize(fixtures.size());
    }
  }

  private void add(String name, CustomResource<?, ?> resource) {
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("shop")
            .withName(resource.getMetadata().getName())
            .withGeneration(resource.getMetadata().getGeneration())
            .build());
    ObjectNode object = Manifests.read(Manifests.write(resource), ObjectNode.class);
    // Of a spec health asks for nothing else, and its defaults are no matter of a fixture.
    object.withObject("/spec").retain("suspend");
    fixtures.put(name, Manifests.write(object));
  }

  private void policies() {
    add("policy-new", Manifests.policy());
    add("policy-starting", policy(PodHealth.NONE, null));
    add("policy-archiving", policy(AgentStatuses.streaming(CONFIG.hash())));
    add("policy-change-on-its-way", policy(AgentStatuses.streaming("another")));
    add(
        "policy-bucket-unreachable",
        policy(
            AgentStatuses.failing(
                State.Lagging, "BucketUnreachable", "It times out.", CONFIG.hash())));
    add(
        "policy-needs-a-person",
        policy(
            AgentStatuses.failing(
                State.Connecting, "InsufficientWalLevel", "Set wal_level to replica.")));
    PgBackupPolicy changed = policy(AgentStatuses.streaming(CONFIG.hash()));
    changed.getMetadata().setGeneration(2L);
    add("policy-change-unseen", changed);
    PgBackupPolicy suspended =
        Manifests.read(
            Manifests.write(Manifests.policy()).replace("suspend: false", "suspend: true"),
            PgBackupPolicy.class);
    assertThat(suspended.getSpec().suspend()).isTrue();
    add("policy-suspended", observed(suspended, PodHealth.NONE, null));
  }

  private static PgBackupPolicy policy(AgentStatus agent) {
    return policy(new PodHealth("10.0.0.1", null, null), agent);
  }

  private static PgBackupPolicy policy(PodHealth pod, @Nullable AgentStatus agent) {
    return observed(Manifests.policy(), pod, agent);
  }

  private static PgBackupPolicy observed(
      PgBackupPolicy policy, PodHealth pod, @Nullable AgentStatus agent) {
    ResolvedTarget target =
        ResolvedTarget.of(policy.getSpec(), Manifests.workload(), Manifests.services());
    PolicyFacts facts =
        new PolicyFacts(
            target,
            target.dataVolume(policy.getSpec().target(), null),
            null,
            CONFIG,
            pod,
            null,
            agent,
            null);
    policy.setStatus(PolicyStatuses.of(policy, facts, id -> "master-" + id, NOW));
    return policy;
  }

  private void backups() {
    add("backup-new", backup());
    PgBackup waiting = backup();
    waiting.setStatus(
        BackupStatuses.waiting(waiting, "Suspended", "The policy is suspended.", NOW));
    add("backup-waiting", waiting);
    PgBackup running = backup();
    running.setStatus(
        BackupStatuses.progressing(
            running,
            new BackupProgressStatus(
                "request",
                AgentStatuses.BACKUP_ID,
                "Manual",
                BackupProgressStatus.Phase.Running,
                NOW,
                null,
                500L,
                1000L,
                null,
                null,
                5L,
                null),
            NOW));
    add("backup-running", running);
    PgBackup completed = backup();
    completed.setStatus(
        BackupStatuses.completed(
            completed, AgentStatuses.document(AgentStatuses.BACKUP_ID, "Manual"), NOW));
    add("backup-completed", completed);
    PgBackup expired = Manifests.read(fixtures.get("backup-completed"), PgBackup.class);
    expired.setStatus(BackupStatuses.expired(expired, NOW.plusSeconds(86_400 * 15)));
    add("backup-expired", expired);
    PgBackup failed = backup();
    failed.setStatus(
        BackupStatuses.failed(failed, "CorruptPage", "A page of the table is damaged.", NOW));
    add("backup-failed", failed);
  }

  private static PgBackup backup() {
    return Manifests.read(
        """
        apiVersion: pgbackup.dev/v1alpha1
        kind: PgBackup
        metadata: {name: before-migration, namespace: shop, generation: 1}
        spec:
          policyRef: {name: master}
        """,
        PgBackup.class);
  }

  private void awaitingApproval(OperatorUnderTest operator) {
    client.resource(operator.restore()).delete();
    client.batch().v1().jobs().inNamespace("shop").delete();
    client.pods().inNamespace("shop").withName(JOB + "-x").withGracePeriod(0).delete();
    operator.agent().answers("GET", Endpoints.STATUS, AgentStatuses.streaming(""));
    operator.agent().answers("POST", Endpoints.PLAN, Reports.PLAN);
    operator.createRestore(
        Manifests.restore("spec:", "spec:\n  review: {pauseAtTarget: true, approval: Manual}"));
    operator.reconcileRestore();
    operator.finishJob(JOB + "-probe", "probe", "Complete", "uid=999 gid=999\n");
    operator.reconcileRestore();
    operator.startJobPod(JOB);
    operator
        .agent()
        .answers(
            "GET",
            Endpoints.STATUS,
            new RestoreStatus(
                1,
                RestoreStatus.Phase.AwaitingApproval,
                NOW,
                Reports.PLAN,
                null,
                List.of(),
                new RestoreStatus.PausedServer(5432, "postgres")));
    add("restore-awaiting-approval", operator.reconcileRestore());
  }

  private void restores() {
    try (OperatorUnderTest operator = new OperatorUnderTest(client)) {
      operator.createMaster();
      operator.createRestore(Manifests.restore());
      add("restore-new", operator.restore());
      add("restore-waiting", operator.reconcileRestore());
      operator.createPolicy();
      operator.startAgentPod();
      operator.agent().answers("GET", Endpoints.STATUS, AgentStatuses.streaming(""));
      operator.agent().answers("POST", Endpoints.PLAN, Reports.PLAN);
      operator.reconcileRestore();
      operator.finishJob(JOB + "-probe", "probe", "Complete", "uid=999 gid=999\n");
      operator.reconcileRestore();
      operator.startJobPod(JOB);
      operator
          .agent()
          .answers(
              "GET",
              Endpoints.STATUS,
              new RestoreStatus(
                  1,
                  RestoreStatus.Phase.Replaying,
                  NOW,
                  Reports.PLAN,
                  new RestoreStatus.Progress(5L, 5L, "0/2E00000", NOW, "600", 80, 3L)));
      add("restore-replaying", operator.reconcileRestore());
      operator.finishJob(JOB, "agent", "Complete", Reports.succeeded());
      add("restore-succeeded", operator.reconcileRestore());

      client.resource(operator.restore()).delete();
      client.batch().v1().jobs().inNamespace("shop").delete();
      PgRestore again = Manifests.restore();
      again.getMetadata().setUid("another");
      operator.createRestore(again);
      operator.agent().answers("GET", Endpoints.STATUS, AgentStatuses.streaming(""));
      add("restore-already-applied", operator.reconcileRestore());

      client.resource(operator.restore()).delete();
      client.persistentVolumeClaims().inNamespace("shop").withName("before-cc").delete();
      operator
          .agent()
          .refuses("POST", Endpoints.PLAN, 422, "TargetBeyondArchive", "The archive ends at 742.");
      operator.createRestore(Manifests.restore());
      add("restore-refused", operator.reconcileRestore());

      awaitingApproval(operator);
    }
  }
}
