package dev.pgbackup.operator.policy.model;

import static dev.pgbackup.operator.status.ConditionType.AgentAvailable;
import static dev.pgbackup.operator.status.ConditionType.ArchivingHealthy;
import static dev.pgbackup.operator.status.ConditionType.BackupFresh;
import static dev.pgbackup.operator.status.ConditionType.Ready;
import static dev.pgbackup.operator.status.ConditionType.Reconciling;
import static dev.pgbackup.operator.status.ConditionType.RetentionEnforced;
import static dev.pgbackup.operator.status.ConditionType.Stalled;
import static dev.pgbackup.operator.status.ConditionType.StorageReachable;
import static dev.pgbackup.operator.status.ConditionType.TargetResolved;
import static dev.pgbackup.operator.status.ConditionType.WindowContiguous;

import dev.pgbackup.contract.config.Span;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.Failure;
import dev.pgbackup.crds.policy.PgBackupPolicySpec;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Verdict;
import dev.pgbackup.operator.workload.UnsuitableTarget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is the case with a policy, condition by condition. */
final class PolicyVerdicts {

  private static final String UNKNOWN_REASON = "NotKnownYet";
  private static final String UNKNOWN = "The agent has not said so yet.";

  /** As the agent has it: it archives, however much there is to do. */
  private static final Set<State> ARCHIVING = Set.of(State.Streaming, State.Lagging, State.AtRisk);

  private static final Set<String> OF_STORAGE =
      Set.of("BucketUnreachable", "AccessDenied", "NoSuchBucket", "StoreThrottled", "StoreRefused");

  /** What does not go away by itself: a person has to change something. */
  private static final Set<String> FOR_A_PERSON =
      Set.of(
          "UnsupportedWorkload",
          "ConfigurationInvalid",
          "ForeignArchive",
          "UnsupportedArchiveVersion",
          "ArchiveDamaged",
          "SecondWriter",
          "DivergentWal",
          "AccessDenied",
          "NoSuchBucket",
          "StoreRefused",
          "AuthenticationFailed",
          "WrongServer",
          "UnsupportedServerVersion",
          "InsufficientWalLevel",
          "NoReplicationPrivilege",
          "MissingGrant",
          "PoolerInBetween",
          "UnsupportedLayout");

  private final PgBackupPolicySpec spec;
  private final PgBackupPolicyStatus before;
  private final PolicyFacts facts;
  private final Instant now;

  /**
   * Judges what was observed.
   *
   * @param before what was known last: the objectives are measured on while the agent is silent
   */
  PolicyVerdicts(
      PgBackupPolicySpec spec, PgBackupPolicyStatus before, PolicyFacts facts, Instant now) {
    this.spec = spec;
    this.before = before;
    this.facts = facts;
    this.now = now;
  }

  List<Verdict> all() {
    List<Verdict> details =
        List.of(
            targetResolved(),
            agentAvailable(),
            storageReachable(),
            archivingHealthy(),
            backupFresh(),
            windowContiguous(),
            retentionEnforced());
    Verdict ready = ready(details);
    Verdict stalled = stalled(ready);
    List<Verdict> all = new ArrayList<>(List.of(ready, reconciling(ready, stalled), stalled));
    all.addAll(details);
    return all;
  }

  private Verdict targetResolved() {
    UnsuitableTarget problem = facts.targetProblem();
    if (problem != null) {
      return Verdict.isFalse(TargetResolved, problem.kind().name(), problem.getMessage());
    }
    ResolvedTarget target = facts.target();
    if (target == null) {
      return unknown(TargetResolved);
    }
    StringBuilder text =
        new StringBuilder(
            "%s, container \"%s\", reached at %s:%d"
                .formatted(
                    target.workload().describe(),
                    target.container().name(),
                    target.address().host(),
                    target.address().port()));
    if (facts.dataVolume() != null) {
      text.append(
          "; its data lies on claim %s, mounted at %s"
              .formatted(facts.dataVolume().claim(), facts.dataVolume().mountPath()));
    }
    return Verdict.isTrue(TargetResolved, "Resolved", text.append('.').toString());
  }

  private Verdict agentAvailable() {
    if (spec.suspend()) {
      return Verdict.isFalse(
          AgentAvailable, "Suspended", "The policy is suspended, so its agent does not run.");
    }
    if (facts.target() == null) {
      return Verdict.isFalse(
          AgentAvailable, "NoTarget", "There is no agent as long as its target is not found.");
    }
    if (facts.creationFailure() != null) {
      return Verdict.isFalse(
          AgentAvailable,
          "PodNotCreated",
          "Kubernetes does not create the agent's pod: " + facts.creationFailure());
    }
    if (facts.pod().ip() == null && facts.pod().trouble() != null) {
      return Verdict.isFalse(
          AgentAvailable, facts.pod().trouble().reason(), facts.pod().trouble().message());
    }
    if (facts.agent() != null) {
      return facts.agent().configError() == null
          ? Verdict.isTrue(AgentAvailable, "Running", "The agent runs and answers.")
          : Verdict.isFalse(AgentAvailable, "ConfigurationInvalid", facts.agent().configError());
    }
    return facts.pod().waiting() != null
        ? Verdict.isFalse(AgentAvailable, "Starting", facts.pod().waiting())
        : Verdict.isFalse(
            AgentAvailable,
            "NotAnswering",
            facts.agentProblem() == null ? "The agent does not answer." : facts.agentProblem());
  }

  private Verdict storageReachable() {
    AgentStatus agent = facts.agent();
    if (agent == null) {
      return unknown(StorageReachable);
    }
    Optional<Failure> failure =
        agent.problems().stream().filter(p -> OF_STORAGE.contains(p.reason())).findFirst();
    if (failure.isPresent()) {
      return Verdict.isFalse(StorageReachable, failure.get().reason(), failure.get().message());
    }
    return agent.storage() == null
        ? unknown(StorageReachable)
        : Verdict.isTrue(
            StorageReachable,
            "Reachable",
            "The archive is in %s.".formatted(agent.storage().location()));
  }

  private Verdict archivingHealthy() {
    if (spec.suspend()) {
      return Verdict.isFalse(
          ArchivingHealthy,
          "Suspended",
          "The policy is suspended: WAL is not archived, and the slot holds it back on the server.");
    }
    AgentStatus agent = facts.agent();
    if (agent == null) {
      return archivingUnseen();
    }
    ArchivingStatus archiving = agent.archiving();
    boolean late = isBeyond(spec.objectives().rpo(), archiving.lastDurableTime());
    boolean behind = archiving.state() == State.Lagging && archiving.lastError() == null;
    if (behind && archiving.lastDurableTime() != null && !late) {
      return Verdict.isTrue(
          ArchivingHealthy,
          "Lagging",
          "The archive is behind, by less than objectives.rpo allows.");
    }
    if (archiving.state() != State.Streaming) {
      return Verdict.isFalse(ArchivingHealthy, reason(archiving), message(archiving));
    }
    return late
        ? Verdict.isFalse(ArchivingHealthy, "Lagging", late(archiving.lastDurableTime()))
        : Verdict.isTrue(ArchivingHealthy, "Streaming", "WAL is archived as it is written.");
  }

  /** An agent that is silent may still archive, but not for longer than was promised. */
  private Verdict archivingUnseen() {
    Instant last = before.archiving() == null ? null : before.archiving().lastDurableTime();
    return isBeyond(spec.objectives().rpo(), last)
        ? Verdict.isFalse(ArchivingHealthy, agentAvailable().reason(), late(last))
        : unknown(ArchivingHealthy);
  }

  private static String late(@Nullable Instant last) {
    return "The archive is not known to have had everything since %s, which is longer than objectives.rpo allows."
        .formatted(last);
  }

  /** Whether something was longer ago than an objective allows. */
  private boolean isBeyond(String objective, @Nullable Instant last) {
    return last != null && last.plus(Span.parse(objective).duration()).isBefore(now);
  }

  private static String reason(ArchivingStatus archiving) {
    if (archiving.lastError() != null) {
      return archiving.lastError().reason();
    }
    return switch (archiving.state()) {
      case Divergent -> "DivergentWal";
      case AtRisk -> "SlotLimitNear";
      case StoreDown -> "BucketUnreachable";
      case Connecting, Streaming, Lagging, SlotLost, SecondWriter, Refused, Stopped, Unknown ->
          archiving.state().name();
    };
  }

  static String message(ArchivingStatus archiving) {
    String error = archiving.lastError() == null ? null : archiving.lastError().message();
    String advice = archiving.advice();
    if (error == null) {
      return advice == null ? "Archiving is " + archiving.state() + "." : advice;
    }
    return advice == null || error.contains(advice) ? error : error + " " + advice;
  }

  private Verdict backupFresh() {
    AgentStatus agent = facts.agent();
    Instant newest = agent == null ? lastKnownBackup() : completedAt(agent.lastBackup());
    Failure failure = agent == null ? null : agent.lastBackupFailure();
    if (newest == null) {
      if (agent == null) {
        return unknown(BackupFresh);
      }
      return failure == null
          ? Verdict.isFalse(BackupFresh, "NoBackup", "There is no base backup yet.")
          : Verdict.isFalse(BackupFresh, failure.reason(), failure.message());
    }
    if (isBeyond(spec.objectives().maxBackupAge(), newest)) {
      return Verdict.isFalse(
          BackupFresh,
          "BackupOverdue",
          "The newest base backup is of %s, older than objectives.maxBackupAge allows.%s"
              .formatted(
                  newest, failure == null ? "" : " The last attempt failed: " + failure.message()));
    }
    return Verdict.isTrue(
        BackupFresh, "Fresh", "The newest base backup is of %s.".formatted(newest));
  }

  private @Nullable Instant lastKnownBackup() {
    return before.lastBackup() == null ? null : before.lastBackup().completedAt();
  }

  private static @Nullable Instant completedAt(AgentStatus.@Nullable LastBackup backup) {
    return backup == null ? null : backup.completedAt();
  }

  private Verdict windowContiguous() {
    AgentStatus agent = facts.agent();
    if (agent == null || (agent.recoveryWindows().isEmpty() && agent.gaps().isEmpty())) {
      return unknown(WindowContiguous);
    }
    if (agent.gaps().isEmpty()) {
      return Verdict.isTrue(
          WindowContiguous, "Contiguous", "No WAL is missing between the backups and now.");
    }
    AgentStatus.WalGap newest = agent.gaps().get(agent.gaps().size() - 1);
    return Verdict.isFalse(
        WindowContiguous,
        "WalGapDetected",
        "WAL is missing for good on timeline %d from %s to %s: %s. Nothing is restored across it; see recoveryWindows."
            .formatted(newest.timeline(), newest.fromLsn(), newest.toLsn(), newest.cause()));
  }

  private Verdict retentionEnforced() {
    AgentStatus.RetentionStatus retention =
        facts.agent() == null ? null : facts.agent().retention();
    if (retention == null) {
      return unknown(RetentionEnforced);
    }
    return retention.failure() == null
        ? Verdict.isTrue(
            RetentionEnforced, "Enforced", "What is older than the recovery window is deleted.")
        : Verdict.isFalse(
            RetentionEnforced, retention.failure().reason(), retention.failure().message());
  }

  private Verdict ready(List<Verdict> details) {
    AgentStatus agent = facts.agent();
    if (spec.suspend()) {
      return Verdict.isFalse(Ready, "Suspended", "The policy is suspended.");
    }
    Optional<Verdict> base =
        details.stream()
            .filter(
                v ->
                    v.type() == AgentAvailable
                        || (v.type() == TargetResolved && facts.target() == null))
            .filter(Verdict::isFalse)
            .findFirst();
    if (base.isPresent() || agent == null) {
      Verdict why = base.orElseGet(() -> unknown(Ready));
      return Verdict.isFalse(Ready, why.reason(), why.message());
    }
    if (!ARCHIVING.contains(agent.archiving().state())) {
      return Verdict.isFalse(Ready, reason(agent.archiving()), message(agent.archiving()));
    }
    if (agent.lastBackup() == null) {
      Verdict fresh =
          details.stream().filter(v -> v.type() == BackupFresh).findFirst().orElseThrow();
      return Verdict.isFalse(Ready, fresh.reason(), fresh.message());
    }
    return Verdict.isTrue(
        Ready, "Archiving", "WAL is archived, and there is a base backup to restore from.");
  }

  private Verdict stalled(Verdict ready) {
    return ready.isFalse() && FOR_A_PERSON.contains(ready.reason())
        ? Verdict.isTrue(Stalled, ready.reason(), ready.message())
        : Verdict.isFalse(Stalled, "NotStalled", "Nothing waits for a person.");
  }

  private Verdict reconciling(Verdict ready, Verdict stalled) {
    if (stalled.isTrue() || spec.suspend()) {
      return Verdict.isFalse(Reconciling, ready.reason(), "Nothing is on its way.");
    }
    if (!ready.isTrue()) {
      return Verdict.isTrue(Reconciling, ready.reason(), ready.message());
    }
    return facts.isConfigLive()
        ? Verdict.isFalse(Reconciling, "UpToDate", "The agent runs with what the policy says.")
        : Verdict.isTrue(
            Reconciling,
            "ConfigurationOnItsWay",
            "The agent does not yet run with what the policy says; it takes a minute or two.");
  }

  private static Verdict unknown(ConditionType type) {
    return Verdict.unknown(type, UNKNOWN_REASON, UNKNOWN);
  }
}
