package dev.pgbackup.operator.policy.model;

import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.operator.pod.ConfigText;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.UnsuitableTarget;
import org.jspecify.annotations.Nullable;

/**
 * What was observed about a policy and its database.
 *
 * @param target absent if it was not found
 * @param dataVolume absent if it was not found, or not looked for
 * @param targetProblem why the target or its volume was not found
 * @param config what the agent is to run with; absent without a target
 * @param pod of the agent
 * @param creationFailure why Kubernetes does not create the pod
 * @param agent what the agent says about itself; absent if it did not answer
 * @param agentProblem why it did not
 */
public record PolicyFacts(
    @Nullable ResolvedTarget target,
    @Nullable DataVolume dataVolume,
    @Nullable UnsuitableTarget targetProblem,
    @Nullable ConfigText config,
    PodHealth pod,
    @Nullable String creationFailure,
    @Nullable AgentStatus agent,
    @Nullable String agentProblem) {

  /** Whether the agent runs with what the policy says now. */
  public boolean isConfigLive() {
    return agent != null && config != null && config.hash().equals(agent.configHash());
  }
}
