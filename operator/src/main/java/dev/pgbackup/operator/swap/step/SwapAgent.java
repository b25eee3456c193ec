package dev.pgbackup.operator.swap.step;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.contract.status.PauseRequest;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.agent.AgentAddress;
import dev.pgbackup.operator.agent.AgentClient;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.lookup.PolicyLookup;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.restore.step.RestoreRun;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** The agent of the database whose volumes are swapped. */
final class SwapAgent {

  private static final String POST_RESTORE = "PostRestore";
  private static final Duration TIME_ENOUGH = Duration.ofMinutes(30);

  private final PolicyLookup policies;
  private final AgentClient agents;
  private final Clock clock;

  SwapAgent(PolicyLookup policies, AgentClient agents, Clock clock) {
    this.policies = policies;
    this.agents = agents;
    this.clock = clock;
  }

  private static PgBackupPolicy policy(RestoreRun run) {
    return Objects.requireNonNull(run.source().policy());
  }

  private static String audience(RestoreRun run) {
    PgBackupPolicy policy = policy(run);
    return Names.audience(
        policy.getMetadata().getNamespace(),
        policy.getMetadata().getName(),
        policy.getMetadata().getUid());
  }

  private AgentAddress address(PgBackupPolicy policy) {
    return policies
        .agent(policy)
        .orElseThrow(
            () ->
                new AgentUnreachable(
                    "the agent of policy \"%s\" does not run"
                        .formatted(policy.getMetadata().getName()),
                    null));
  }

  /** How it is; nothing while it does not answer. */
  Optional<AgentStatus> status(PgBackupPolicy policy) {
    try {
      return Optional.of(agents.status(address(policy)));
    } catch (AgentUnreachable | AgentRefused e) {
      return Optional.empty();
    }
  }

  Optional<AgentStatus> status(RestoreRun run) {
    return status(policy(run));
  }

  /**
   * Has it begin no backup and delete none by itself for the time being; asked for often, it is
   * told so only when that time is running out. Nothing is lost if it does not answer.
   */
  void pause(RestoreRun run) {
    try {
      AgentAddress agent = address(policy(run));
      Instant until = agents.pause(agent).until();
      if (until == null || until.isBefore(clock.instant().plus(TIME_ENOUGH))) {
        agents.pause(agent, audience(run), PauseRequest.LONGEST_SECONDS);
      }
    } catch (AgentUnreachable | AgentRefused e) {
      // One that is not there does nothing either.
    }
  }

  /** See {@link AgentClient#prepareSwap}. */
  SwapPreparation prepareSwap(RestoreRun run) {
    return agents.prepareSwap(address(policy(run)), audience(run));
  }

  /** Has it go on; nothing is lost if it does not answer: it goes on by itself after a while. */
  void resume(RestoreRun run) {
    try {
      agents.resume(address(policy(run)), audience(run));
    } catch (AgentUnreachable | AgentRefused e) {
      // Its pod is new, or will be: then it has nothing to resume.
    }
  }

  /** Asks for a base backup, or how far the one is that was asked for. */
  BackupProgressStatus backup(RestoreRun run) {
    AgentAddress agent = address(policy(run));
    String id = run.restore().getMetadata().getUid();
    return agents
        .backupRequest(agent, id)
        .orElseGet(
            () ->
                agents.requestBackup(
                    agent,
                    audience(run),
                    new BackupRequest(ContractJson.VERSION, id, POST_RESTORE)));
  }
}
