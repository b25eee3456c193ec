package dev.pgbackup.operator.policy;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.agent.OperatorKeys;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.EventRecorder;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.pod.JobOutcome;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.policy.PolicyObserver.TargetFinding;
import dev.pgbackup.operator.policy.model.AgentObjects;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.policy.model.RetirementJob;
import dev.pgbackup.operator.status.Notice;
import dev.pgbackup.operator.swap.model.Claims;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The end of a policy: the agent is stopped, then the slot is dropped, so that the server does not
 * keep WAL for nobody. It is tried for a bounded time only: neither a database that is gone nor a
 * namespace that is going may be held up by it.
 */
@Singleton
public final class AgentRetirement {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final PolicyObserver observer;
  private final ClusterReader cluster;
  private final ObjectWriter objects;
  private final OperatorKeys keys;
  private final EventRecorder events;
  private final Clock clock;
  private final OperatorSettings settings;

  public AgentRetirement(
      PolicyObserver observer,
      ClusterReader cluster,
      ObjectWriter objects,
      OperatorKeys keys,
      EventRecorder events,
      Clock clock,
      OperatorSettings settings) {
    this.observer = observer;
    this.cluster = cluster;
    this.objects = objects;
    this.keys = keys;
    this.events = events;
    this.clock = clock;
    this.settings = settings;
  }

  /** Goes on with it; true if there is nothing more to do, or to hope for. */
  boolean isDone(PgBackupPolicy policy) {
    boolean over = isOver(policy);
    if (over) {
      warnOfRetainedVolumes(policy);
    }
    return over;
  }

  private boolean isOver(PgBackupPolicy policy) {
    TargetFinding finding = observer.target(policy);
    Optional<Deployment> agent =
        cluster.deployment(
            policy.getMetadata().getNamespace(), Names.agent(policy.getMetadata().getName()));
    if (finding.target() == null || agent.isEmpty()) {
      return true;
    }
    Instant end = Instant.parse(policy.getMetadata().getDeletionTimestamp()).plus(LIMIT);
    if (clock.instant().isAfter(end)) {
      return givenUp(policy, "it took too long");
    }
    try {
      return proceed(policy, finding.target());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        // Nothing new is made in a namespace that goes.
        return givenUp(policy, "its pod may not be created");
      }
      throw e;
    }
  }

  private boolean proceed(PgBackupPolicy policy, ResolvedTarget target) {
    String namespace = policy.getMetadata().getNamespace();
    String name = policy.getMetadata().getName();
    Deployment agent =
        AgentObjects.of(
                policy,
                target,
                new AgentObjects.Defaults(
                    settings.agent().image(), settings.agent().port(), keys.get().publicPem()))
            .deployment();
    Optional<Job> job = cluster.job(namespace, RetirementJob.name(name));
    if (job.isEmpty()) {
      objects.apply(RetirementJob.stopped(agent));
      if (cluster.pods(namespace, Names.agentLabels(name)).isEmpty()) {
        objects.createIfAbsent(RetirementJob.of(policy, agent, LIMIT.toSeconds()));
      }
      return false;
    }
    return switch (JobOutcome.of(job.get())) {
      case Active -> false;
      case Complete -> true;
      case Failed -> givenUp(policy, "its pod failed");
    };
  }

  /** A volume that a swap has replaced has the slot of then, and nobody can reach it there. */
  private void warnOfRetainedVolumes(PgBackupPolicy policy) {
    String name = policy.getMetadata().getName();
    List<String> claims =
        cluster.claims(policy.getMetadata().getNamespace()).stream()
            .filter(claim -> Claims.retainedOfPolicy(claim).filter(name::equals).isPresent())
            .map(claim -> claim.getMetadata().getName())
            .sorted()
            .toList();
    if (!claims.isEmpty()) {
      events.tell(
          policy,
          List.of(
              new Notice(
                  true,
                  "SlotOnRetainedVolume",
                  "The replication slot is also on the volume kept by claim %s. If that is put back without a policy, drop the slot there: it would hold back WAL for ever."
                      .formatted(String.join(", ", claims)))));
    }
  }

  private boolean givenUp(PgBackupPolicy policy, String why) {
    events.tell(
        policy,
        List.of(
            new Notice(
                true,
                "SlotMayRemain",
                "The replication slot was not dropped: %s. If the server lives on, drop it there: it holds back WAL."
                    .formatted(why))));
    return true;
  }
}
