package dev.pgbackup.operator.restore.model;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Owner;
import dev.pgbackup.operator.pod.Placement;
import dev.pgbackup.operator.pod.Security;
import dev.pgbackup.operator.workload.ProcessIdentity;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Job that asks an image as whom it runs PostgreSQL. Images that begin as root step down to
 * that user; a restore, which must not begin as root, has to know it.
 */
public final class ProbeJob {

  public static final String COMPONENT = "probe";
  public static final String CONTAINER = "probe";

  private static final Pattern ANSWER = Pattern.compile("uid=(\\d{1,10}) gid=(\\d{1,10})\\s*");
  private static final String QUESTION =
      "u=$(id -u postgres) && g=$(id -g postgres) && echo \"uid=$u gid=$g\" > /dev/termination-log";
  private static final long SECONDS = 120;

  private ProbeJob() {}

  public static String name(PgRestore restore) {
    return Names.restore(restore.getMetadata().getName()) + "-probe";
  }

  public static Job of(PgRestore restore, RestoreSource source) {
    Placement placement = source.placement(restore.getSpec());
    Map<String, String> labels = Names.restoreLabels(COMPONENT, restore.getMetadata().getName());
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace(restore.getMetadata().getNamespace())
        .withName(name(restore))
        .withLabels(labels)
        .withOwnerReferences(Owner.of(restore))
        .endMetadata()
        .withNewSpec()
        .withBackoffLimit(0)
        .withActiveDeadlineSeconds(SECONDS)
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(placement.labelsWith(labels))
        .withAnnotations(placement.annotations())
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withSecurityContext(Security.pod(Security.AGENT, Security.AGENT))
        .withNodeSelector(placement.nodeSelector())
        .withTolerations(placement.tolerations())
        .withAffinity(placement.affinity())
        .withPriorityClassName(placement.priorityClassName())
        .withImagePullSecrets(placement.imagePullSecrets())
        .addNewContainer()
        .withName(CONTAINER)
        .withImage(source.image(restore.getSpec()))
        .withImagePullPolicy(source.pullPolicy(restore.getSpec()))
        .withCommand("sh", "-c", QUESTION)
        .withSecurityContext(Security.container())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withNewResources()
        .withRequests(Map.of("cpu", Quantity.parse("10m"), "memory", Quantity.parse("32Mi")))
        .withLimits(Map.of("memory", Quantity.parse("128Mi")))
        .endResources()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  /** What the image has answered. */
  public static Optional<ProcessIdentity> answer(String message) {
    Matcher matcher = ANSWER.matcher(message);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long user = Long.parseLong(matcher.group(1));
    long group = Long.parseLong(matcher.group(2));
    return user == 0 ? Optional.empty() : Optional.of(new ProcessIdentity(user, group));
  }
}
