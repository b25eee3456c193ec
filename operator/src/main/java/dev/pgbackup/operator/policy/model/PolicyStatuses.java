package dev.pgbackup.operator.policy.model;

import dev.pgbackup.contract.config.Span;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus.Archiving;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus.ArchivingState;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus.Database;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus.Gap;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus.LastBackup;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus.RecoveryWindow;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The status of a policy: the one place where it is put together. */
public final class PolicyStatuses {

  private PolicyStatuses() {}

  /**
   * The status that follows from what was observed. What the agent has said before stays while it
   * does not answer: it is what is in the archive.
   *
   * @param recordName the name of the {@code PgBackup} of a backup
   */
  public static PgBackupPolicyStatus of(
      PgBackupPolicy policy, PolicyFacts facts, UnaryOperator<String> recordName, Instant now) {
    PgBackupPolicyStatus before =
        Objects.requireNonNullElse(policy.getStatus(), PgBackupPolicyStatus.EMPTY);
    Long generation = policy.getMetadata().getGeneration();
    List<Condition> conditions =
        Conditions.of(
            before.conditions(),
            new PolicyVerdicts(policy.getSpec(), before, facts, now).all(),
            generation,
            now);
    AgentStatus agent = facts.agent();
    return agent == null
        ? silent(before, generation, conditions)
        : answered(agent, recordName, generation, conditions);
  }

  private static PgBackupPolicyStatus silent(
      PgBackupPolicyStatus before, @Nullable Long generation, List<Condition> conditions) {
    return new PgBackupPolicyStatus(
        generation,
        before.archiveId(),
        before.database(),
        before.archiving() == null ? null : stopped(before.archiving()),
        before.recoveryWindows(),
        before.gaps(),
        before.firstRecoverabilityPoint(),
        before.latestRestorableTime(),
        before.latestRestorableXid(),
        before.lastBackup(),
        null,
        conditions);
  }

  /** What holds without the agent: names and durable positions, no state. */
  private static Archiving stopped(Archiving before) {
    return new Archiving(
        null,
        before.transport(),
        before.slotName(),
        null,
        null,
        null,
        before.durableLsn(),
        null,
        before.lastDurableTime(),
        null);
  }

  private static PgBackupPolicyStatus answered(
      AgentStatus agent,
      UnaryOperator<String> recordName,
      @Nullable Long generation,
      List<Condition> conditions) {
    return new PgBackupPolicyStatus(
        generation,
        agent.archiveId(),
        database(agent.database()),
        archiving(agent.archiving()),
        orAbsent(agent.recoveryWindows().stream().map(PolicyStatuses::window).toList()),
        orAbsent(agent.gaps().stream().map(PolicyStatuses::gap).toList()),
        agent.firstRecoverabilityPoint(),
        agent.latestRestorableTime(),
        agent.latestRestorableXid(),
        lastBackup(agent.lastBackup(), recordName),
        agent.nextBackupTime(),
        conditions);
  }

  /** An empty list is not sent, and would differ for ever from what comes back. */
  private static <T> @Nullable List<T> orAbsent(List<T> list) {
    return list.isEmpty() ? null : list;
  }

  private static @Nullable Database database(AgentStatus.@Nullable DatabaseStatus database) {
    return database == null
        ? null
        : new Database(
            database.systemIdentifier(),
            database.serverVersion(),
            (long) database.timeline(),
            (long) database.walSegmentSize());
  }

  private static Archiving archiving(ArchivingStatus archiving) {
    boolean well = archiving.lastError() == null && archiving.advice() == null;
    return new Archiving(
        state(archiving.state()),
        archiving.transport(),
        archiving.slotName(),
        archiving.slotStatus(),
        archiving.retainedBytes(),
        archiving.receivedLsn(),
        archiving.durableLsn(),
        archiving.lagBytes(),
        archiving.lastDurableTime(),
        well ? null : PolicyVerdicts.message(archiving));
  }

  /** The same word; nothing if it is one that the resource does not have. */
  private static @Nullable ArchivingState state(ArchivingStatus.State state) {
    for (ArchivingState word : ArchivingState.values()) {
      if (word.name().equals(state.name())) {
        return word;
      }
    }
    return null;
  }

  private static RecoveryWindow window(AgentStatus.RecoveryWindow window) {
    return new RecoveryWindow(
        (long) window.timeline(),
        window.from(),
        window.to(),
        window.fromLsn(),
        window.toLsn(),
        window.lastXid(),
        window.contiguous(),
        window.closedBy());
  }

  private static Gap gap(AgentStatus.WalGap gap) {
    return new Gap((long) gap.timeline(), gap.fromLsn(), gap.toLsn(), gap.detectedAt());
  }

  private static @Nullable LastBackup lastBackup(
      AgentStatus.@Nullable LastBackup backup, UnaryOperator<String> recordName) {
    return backup == null
        ? null
        : new LastBackup(
            recordName.apply(backup.backupId()),
            backup.backupId(),
            backup.completedAt(),
            backup.bytes(),
            backup.storedBytes(),
            new Span(Duration.ofSeconds(backup.durationSeconds())).toString());
  }

  /**
   * Whether a status says something that the old one does not, numbers and times that move all the
   * while aside.
   */
  public static boolean differInMeaning(
      @Nullable PgBackupPolicyStatus before, PgBackupPolicyStatus after) {
    return before == null
        || !Conditions.mean(before.conditions(), after.conditions())
        || !Objects.equals(before.observedGeneration(), after.observedGeneration())
        || !Objects.equals(before.archiveId(), after.archiveId())
        || !Objects.equals(before.database(), after.database())
        || !Objects.equals(stateOf(before), stateOf(after))
        || !Objects.equals(before.gaps(), after.gaps())
        || !Objects.equals(before.lastBackup(), after.lastBackup())
        || !Objects.equals(before.nextBackupTime(), after.nextBackupTime());
  }

  private static List<Object> stateOf(PgBackupPolicyStatus status) {
    Archiving archiving = status.archiving();
    return archiving == null
        ? List.of()
        : List.of(
            String.valueOf(archiving.state()),
            String.valueOf(archiving.slotName()),
            String.valueOf(archiving.slotStatus()),
            String.valueOf(archiving.transport()));
  }
}
