package dev.pgbackup.operator.policy.model;

import static dev.pgbackup.operator.fakes.AgentStatuses.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.AgentStatus.WalGap;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus.ArchivingState;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.pod.ConfigText;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import dev.pgbackup.operator.workload.UnsuitableTarget;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The status of a policy")
class PolicyStatusesTest {

  private static final ConfigText CONFIG = new ConfigText("version: 1\n");
  private final PgBackupPolicy policy = Manifests.policy();

  private PolicyFacts facts(PodHealth pod, @Nullable AgentStatus agent) {
    ResolvedTarget target =
        ResolvedTarget.of(policy.getSpec(), Manifests.workload(), Manifests.services());
    return new PolicyFacts(
        target,
        target.dataVolume(policy.getSpec().target(), null),
        null,
        CONFIG,
        pod,
        null,
        agent,
        null);
  }

  private PolicyFacts running(AgentStatus agent) {
    return facts(new PodHealth("10.0.0.1", null, null), agent);
  }

  private PgBackupPolicyStatus status(PolicyFacts facts) {
    return status(facts, NOW);
  }

  private PgBackupPolicyStatus status(PolicyFacts facts, Instant now) {
    return PolicyStatuses.of(policy, facts, id -> "master-" + id, now);
  }

  private static String value(PgBackupPolicyStatus status, ConditionType type) {
    Condition condition = Conditions.find(status.conditions(), type).orElseThrow();
    return condition.getStatus() + " " + condition.getReason();
  }

  private static String message(PgBackupPolicyStatus status, ConditionType type) {
    return Conditions.find(status.conditions(), type).orElseThrow().getMessage();
  }

  @Test
  @DisplayName("C1 is Ready when it archives and there is a backup")
  void ready() {
    PgBackupPolicyStatus status = status(running(AgentStatuses.streaming(CONFIG.hash())));
    assertThat(value(status, ConditionType.Ready)).isEqualTo("True Archiving");
    assertThat(value(status, ConditionType.Reconciling)).startsWith("False");
    assertThat(value(status, ConditionType.Stalled)).startsWith("False");
    assertThat(value(status, ConditionType.WindowContiguous)).startsWith("True");
    assertThat(status.observedGeneration()).isEqualTo(1);
    assertThat(status.lastBackup().name()).isEqualTo("master-" + AgentStatuses.BACKUP_ID);
    assertThat(status.lastBackup().duration()).isEqualTo("4m12s");
    assertThat(message(status, ConditionType.TargetResolved))
        .contains("StatefulSet master", "\"db\"", "data-master-0");
  }

  @Test
  @DisplayName("C18 is Reconciling while a change is not live yet")
  void reconciling() {
    PgBackupPolicyStatus status = status(running(AgentStatuses.streaming("another")));
    assertThat(value(status, ConditionType.Ready)).startsWith("True");
    assertThat(value(status, ConditionType.Reconciling)).isEqualTo("True ConfigurationOnItsWay");
  }

  @Test
  @DisplayName("says that it connects, and is no failure")
  void connecting() {
    PgBackupPolicyStatus status = status(running(AgentStatuses.connecting()));
    assertThat(value(status, ConditionType.Ready)).isEqualTo("False Connecting");
    assertThat(value(status, ConditionType.Reconciling)).startsWith("True");
    assertThat(value(status, ConditionType.Stalled)).startsWith("False");
  }

  @Test
  @DisplayName("C18 is Stalled by what only a person can change, and tells what")
  void stalled() {
    PgBackupPolicyStatus status =
        status(
            running(
                AgentStatuses.failing(
                    State.Connecting, "InsufficientWalLevel", "Set wal_level to replica.")));
    assertThat(value(status, ConditionType.Ready)).isEqualTo("False InsufficientWalLevel");
    assertThat(value(status, ConditionType.Stalled)).isEqualTo("True InsufficientWalLevel");
    assertThat(value(status, ConditionType.Reconciling)).startsWith("False");
    assertThat(message(status, ConditionType.Ready)).contains("Set wal_level to replica.");
  }

  @Test
  @DisplayName("a bucket out of reach is told by its reason, and waited for")
  void bucketUnreachable() {
    PgBackupPolicyStatus status =
        status(
            running(AgentStatuses.failing(State.StoreDown, "BucketUnreachable", "It times out.")));
    assertThat(value(status, ConditionType.StorageReachable)).isEqualTo("False BucketUnreachable");
    assertThat(value(status, ConditionType.ArchivingHealthy)).isEqualTo("False BucketUnreachable");
    assertThat(value(status, ConditionType.Ready)).isEqualTo("False BucketUnreachable");
    assertThat(value(status, ConditionType.Stalled)).startsWith("False");
    assertThat(status.archiving().state()).isEqualTo(ArchivingState.StoreDown);
  }

  @Test
  @DisplayName("W6 a slot that holds back too much is told, while archiving goes on")
  void atRisk() {
    PgBackupPolicyStatus status = status(running(AgentStatuses.in(State.AtRisk)));
    assertThat(value(status, ConditionType.ArchivingHealthy)).isEqualTo("False SlotLimitNear");
    assertThat(value(status, ConditionType.Ready)).startsWith("True");
  }

  @Test
  @DisplayName("an archive that is behind is healthy as long as objectives.rpo allows it")
  void behind() {
    PolicyFacts facts = running(AgentStatuses.in(State.Lagging));
    assertThat(value(status(facts, NOW.plusSeconds(60)), ConditionType.ArchivingHealthy))
        .isEqualTo("True Lagging");
    assertThat(value(status(facts, NOW.plusSeconds(61)), ConditionType.ArchivingHealthy))
        .isEqualTo("False Lagging");
  }

  @Test
  @DisplayName(
      "what there is none of is absent, as it comes back: the same again differs in nothing")
  void nothingOf() {
    PgBackupPolicyStatus status = status(running(AgentStatuses.connecting()));
    assertThat(status.gaps()).isNull();
    assertThat(status.recoveryWindows()).isNull();
  }

  @Test
  @DisplayName("the objectives are measured on while the agent is silent")
  void silentForTooLong() {
    policy.setStatus(status(running(AgentStatuses.streaming(CONFIG.hash()))));
    PolicyFacts silent =
        facts(new PodHealth(null, new PodHealth.Trouble("OOMKilled", "out of memory"), ""), null);
    assertThat(value(status(silent, NOW.plusSeconds(60)), ConditionType.ArchivingHealthy))
        .startsWith("Unknown");
    PgBackupPolicyStatus later = status(silent, NOW.plus(Duration.ofHours(25)));
    assertThat(value(later, ConditionType.ArchivingHealthy)).isEqualTo("False OOMKilled");
    assertThat(value(later, ConditionType.BackupFresh)).isEqualTo("False BackupOverdue");
  }

  @Test
  @DisplayName("a target that is not there is waited for; one that does not fit is for a person")
  void targetProblems() {
    PgBackupPolicyStatus missing = status(without(UnsuitableTarget.notFound("no such thing")));
    assertThat(value(missing, ConditionType.Ready)).isEqualTo("False TargetNotFound");
    assertThat(value(missing, ConditionType.Reconciling)).startsWith("True");
    PgBackupPolicyStatus unfit = status(without(UnsuitableTarget.unsupported("two of them")));
    assertThat(value(unfit, ConditionType.Ready)).isEqualTo("False UnsupportedWorkload");
    assertThat(value(unfit, ConditionType.Stalled)).startsWith("True");
  }

  private static PolicyFacts without(UnsuitableTarget problem) {
    return new PolicyFacts(null, null, problem, null, PodHealth.NONE, null, null, null);
  }

  @Test
  @DisplayName("an agent that crashes is told with its last words")
  void crashing() {
    PodHealth pod =
        new PodHealth(
            null, new PodHealth.Trouble("AgentCrashLooping", "it ends: no such bucket"), "");
    PgBackupPolicyStatus status = status(facts(pod, null));
    assertThat(value(status, ConditionType.Ready)).isEqualTo("False AgentCrashLooping");
    assertThat(message(status, ConditionType.AgentAvailable)).contains("no such bucket");
  }

  @Test
  @DisplayName("W10 a gap is shown, and the window is not contiguous")
  void gap() {
    PgBackupPolicyStatus status =
        status(
            running(
                AgentStatuses.withGap(
                    new WalGap(1, "0/4000000", "0/5000000", "the slot was lost", NOW))));
    assertThat(value(status, ConditionType.WindowContiguous)).isEqualTo("False WalGapDetected");
    assertThat(status.gaps())
        .singleElement()
        .satisfies(g -> assertThat(g.fromLsn()).isEqualTo("0/4000000"));
  }

  @Test
  @DisplayName("the objectives are measured: an old backup, an archive that lags")
  void objectives() {
    AgentStatus agent = AgentStatuses.streaming(CONFIG.hash());
    PgBackupPolicyStatus later = status(running(agent), NOW.plus(Duration.ofHours(25)));
    assertThat(value(later, ConditionType.BackupFresh)).isEqualTo("False BackupOverdue");
    assertThat(value(later, ConditionType.ArchivingHealthy)).isEqualTo("False Lagging");
    assertThat(value(status(running(agent), NOW.plusSeconds(59)), ConditionType.ArchivingHealthy))
        .startsWith("True");
  }

  @Test
  @DisplayName("what is in the archive stays known while the agent does not answer")
  void silentAgent() {
    policy.setStatus(status(running(AgentStatuses.streaming(CONFIG.hash()))));
    PgBackupPolicyStatus status = status(facts(PodHealth.NONE, null));
    assertThat(status.archiveId()).isEqualTo(AgentStatuses.ARCHIVE);
    assertThat(status.lastBackup()).isNotNull();
    assertThat(status.archiving().state()).isNull();
    assertThat(value(status, ConditionType.Ready)).isEqualTo("False Starting");
  }

  @Test
  @DisplayName("a condition keeps its transition time until its value changes")
  void transitionTimes() {
    policy.setStatus(status(running(AgentStatuses.streaming(CONFIG.hash()))));
    PgBackupPolicyStatus later =
        status(running(AgentStatuses.streaming(CONFIG.hash())), NOW.plusSeconds(30));
    assertThat(later.conditions()).isEqualTo(policy.getStatus().conditions());
    assertThat(PolicyStatuses.differInMeaning(policy.getStatus(), later)).isFalse();
    PgBackupPolicyStatus changed = status(running(AgentStatuses.connecting()), NOW.plusSeconds(30));
    assertThat(
            Conditions.find(changed.conditions(), ConditionType.Ready)
                .orElseThrow()
                .getLastTransitionTime())
        .isEqualTo("2026-11-22T14:00:30Z");
    assertThat(PolicyStatuses.differInMeaning(policy.getStatus(), changed)).isTrue();
  }
}
