package dev.pgbackup.operator.policy.model;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Owner;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.HashMap;
import java.util.Map;

/** The last thing that is run for a policy: it drops the replication slot. */
public final class RetirementJob {

  private static final String COMPONENT = "retirement";

  private RetirementJob() {}

  public static String name(String policy) {
    return Names.agent(policy) + "-retire";
  }

  /** The agent's Deployment without a pod: a running agent would make the slot anew. */
  public static Deployment stopped(Deployment agent) {
    return new DeploymentBuilder(agent).editSpec().withReplicas(0).endSpec().build();
  }

  /**
   * The Job: the agent's own pod with another command.
   *
   * @param seconds after which it is given up
   */
  public static Job of(PgBackupPolicy policy, Deployment agent, long seconds) {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace(policy.getMetadata().getNamespace())
        .withName(name(policy.getMetadata().getName()))
        .withLabels(labels(agent))
        .withOwnerReferences(Owner.of(policy))
        .endMetadata()
        .withNewSpec()
        .withBackoffLimit(2)
        .withActiveDeadlineSeconds(seconds)
        .withTemplate(pod(agent.getSpec().getTemplate()))
        .endSpec()
        .build();
  }

  private static PodTemplateSpec pod(PodTemplateSpec agent) {
    Container container =
        new ContainerBuilder(agent.getSpec().getContainers().get(0))
            .withArgs("detach", "--config", AgentContainer.CONFIG_PATH)
            .withPorts()
            .withStartupProbe(null)
            .withLivenessProbe(null)
            .withReadinessProbe(null)
            .build();
    Map<String, String> labels = agent.getMetadata().getLabels();
    return new PodTemplateSpecBuilder(agent)
        .editMetadata()
        .withLabels(retiring(labels))
        .endMetadata()
        .editSpec()
        .withRestartPolicy("Never")
        .withContainers(container)
        .endSpec()
        .build();
  }

  private static Map<String, String> labels(Deployment agent) {
    return retiring(agent.getMetadata().getLabels());
  }

  /** Not the labels by which the Deployment selects its own pods. */
  private static Map<String, String> retiring(Map<String, String> labels) {
    Map<String, String> own = new HashMap<>(labels);
    own.put(Names.COMPONENT_LABEL, COMPONENT);
    return own;
  }
}
