package dev.pgbackup.operator.policy;

import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.agent.AgentAddress;
import dev.pgbackup.operator.agent.AgentClient;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.kube.WatchedCluster;
import dev.pgbackup.operator.lookup.PolicyLookup;
import dev.pgbackup.operator.pod.ConfigText;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.policy.model.PolicyFacts;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.UnsuitableTarget;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a policy's database and at its agent. It looks often, so what is in the cluster it takes
 * from what is watched.
 */
@Singleton
public final class PolicyObserver {

  private final WatchedCluster cluster;
  private final AgentClient agents;
  private final PolicyLookup policies;
  private final SilentAgents silent;

  public PolicyObserver(
      WatchedCluster cluster, AgentClient agents, Clock clock, OperatorSettings settings) {
    this.cluster = cluster;
    this.agents = agents;
    this.silent = new SilentAgents(clock);
    this.policies = new PolicyLookup(cluster, settings);
  }

  /** What a policy's target was found to be, or why it was not. */
  record TargetFinding(@Nullable ResolvedTarget target, @Nullable UnsuitableTarget problem) {}

  TargetFinding target(PgBackupPolicy policy) {
    try {
      return new TargetFinding(policies.resolve(policy), null);
    } catch (UnsuitableTarget e) {
      return new TargetFinding(null, e);
    }
  }

  /**
   * Looks at everything.
   *
   * @param config what the agent is to run with
   */
  PolicyFacts observe(PgBackupPolicy policy, TargetFinding finding, @Nullable ConfigText config) {
    List<Pod> pods = pods(policy);
    PodHealth pod = PodHealth.of(pods);
    String uid = policy.getMetadata().getUid();
    Answer answer = policies.address(pod).map(agent -> ask(uid, agent)).orElse(Answer.NONE);
    VolumeFinding volume = volume(policy, finding, answer.status());
    return new PolicyFacts(
        finding.target(),
        volume.volume(),
        volume.problem(),
        config,
        withWarning(pod, pods),
        pods.isEmpty() ? creationFailure(policy) : null,
        answer.status(),
        answer.problem());
  }

  /** Where the agent of a policy is reached; nothing while it does not run. */
  Optional<AgentAddress> agent(PgBackupPolicy policy) {
    return policies.address(PodHealth.of(pods(policy)));
  }

  private List<Pod> pods(PgBackupPolicy policy) {
    return cluster.agentPods(policy.getMetadata().getNamespace(), policy.getMetadata().getName());
  }

  private record Answer(@Nullable AgentStatus status, @Nullable String problem) {
    static final Answer NONE = new Answer(null, null);
  }

  private Answer ask(String policy, AgentAddress address) {
    return silent
        .problem(policy, address)
        .map(problem -> new Answer(null, problem))
        .orElseGet(() -> askNow(policy, address));
  }

  private Answer askNow(String policy, AgentAddress address) {
    try {
      Answer answer = new Answer(agents.status(address), null);
      silent.forget(policy);
      return answer;
    } catch (AgentUnreachable e) {
      String problem = "The agent does not answer: " + e.getMessage();
      silent.silent(policy, address, problem);
      return new Answer(null, problem);
    } catch (AgentRefused e) {
      return new Answer(null, "The agent refuses to say how it is: " + e.getMessage());
    }
  }

  /** Forgets what it knows of a policy's agent. */
  void forget(PgBackupPolicy policy) {
    silent.forget(policy.getMetadata().getUid());
  }

  private record VolumeFinding(@Nullable DataVolume volume, @Nullable UnsuitableTarget problem) {}

  private static VolumeFinding volume(
      PgBackupPolicy policy, TargetFinding finding, @Nullable AgentStatus agent) {
    ResolvedTarget target = finding.target();
    if (target == null) {
      return new VolumeFinding(null, finding.problem());
    }
    try {
      return new VolumeFinding(
          target.dataVolume(policy.getSpec().target(), dataDirectory(agent)), null);
    } catch (UnsuitableTarget e) {
      return new VolumeFinding(null, e);
    }
  }

  private static @Nullable String dataDirectory(@Nullable AgentStatus agent) {
    return agent == null || agent.database() == null ? null : agent.database().dataDirectory();
  }

  /**
   * A pod that only waits may wait for a Secret that is not there: the kubelet tells it as an
   * event.
   */
  private PodHealth withWarning(PodHealth health, List<Pod> pods) {
    if (health.ip() != null || health.trouble() != null || pods.isEmpty()) {
      return health;
    }
    return cluster
        .lastWarning(pods.get(pods.size() - 1))
        .map(w -> new PodHealth(null, new PodHealth.Trouble("PodNotStarting", w), health.waiting()))
        .orElse(health);
  }

  private @Nullable String creationFailure(PgBackupPolicy policy) {
    return cluster
        .deployment(
            policy.getMetadata().getNamespace(), Names.agent(policy.getMetadata().getName()))
        .map(Deployment::getStatus)
        .flatMap(
            status ->
                status.getConditions().stream()
                    .filter(
                        c -> c.getType().equals("ReplicaFailure") && c.getStatus().equals("True"))
                    .findFirst())
        .map(c -> c.getMessage())
        .orElse(null);
  }
}
