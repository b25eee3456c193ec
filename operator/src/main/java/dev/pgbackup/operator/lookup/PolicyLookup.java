package dev.pgbackup.operator.lookup;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.policy.Target;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.agent.AgentAddress;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.workload.UnsuitableTarget;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.Pod;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Finds what belongs to a policy. */
@Singleton
public final class PolicyLookup {

  private final ClusterReader cluster;
  private final int agentPort;

  public PolicyLookup(ClusterReader cluster, OperatorSettings settings) {
    this.cluster = cluster;
    this.agentPort = settings.agent().port();
  }

  /**
   * Finds the PostgreSQL that a policy means.
   *
   * @throws UnsuitableTarget if it cannot be found
   */
  public ResolvedTarget resolve(PgBackupPolicy policy) {
    String namespace = policy.getMetadata().getNamespace();
    return ResolvedTarget.of(
        policy.getSpec(),
        workload(namespace, policy.getSpec().target().workloadRef()),
        cluster.services(namespace));
  }

  /**
   * Finds the workload that a policy means, and looks at nothing else.
   *
   * @throws UnsuitableTarget if it is not there
   */
  public Workload workload(PgBackupPolicy policy) {
    return workload(
        policy.getMetadata().getNamespace(), policy.getSpec().target().workloadRef());
  }

  private Workload workload(String namespace, Target.WorkloadRef ref) {
    boolean isSet = ref.kind() == Target.WorkloadKind.StatefulSet;
    Optional<Workload> found =
        isSet
            ? cluster.statefulSet(namespace, ref.name())
            : cluster.deploymentAsWorkload(namespace, ref.name());
    return found.orElseThrow(
        () -> {
          List<String> others =
              isSet ? cluster.statefulSetNames(namespace) : cluster.deploymentNames(namespace);
          return UnsuitableTarget.notFound(
              "There is no %s \"%s\" in namespace %s; there is %s."
                  .formatted(
                      ref.kind(),
                      ref.name(),
                      namespace,
                      others.isEmpty() ? "none" : String.join(", ", others)));
        });
  }

  /** The pods of a policy's agent. */
  public List<Pod> pods(PgBackupPolicy policy) {
    return cluster.pods(
        policy.getMetadata().getNamespace(), Names.agentLabels(policy.getMetadata().getName()));
  }

  /** Where the agent of a policy is reached; nothing while it does not run. */
  public Optional<AgentAddress> agent(PgBackupPolicy policy) {
    return address(PodHealth.of(pods(policy)));
  }

  /** Where the agent of a pod is reached. */
  public Optional<AgentAddress> address(PodHealth pod) {
    return Optional.ofNullable(pod.ip()).map(ip -> new AgentAddress(ip, agentPort));
  }
}
