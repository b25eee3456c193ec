package dev.pgbackup.operator.policy;

import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.agent.AgentClient;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.backup.RecordKeeper;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Has the records of a policy's backups follow the bucket. The bucket is listed only when the agent
 * says something that can have changed it, and once in a while.
 */
@Singleton
public final class ArchiveFollower {

  private static final Logger LOG = Logger.getLogger(ArchiveFollower.class);
  private static final Duration ONCE_IN_A_WHILE = Duration.ofMinutes(10);

  private final PolicyObserver observer;
  private final AgentClient agents;
  private final RecordKeeper records;
  private final Clock clock;
  private final Map<String, Followed> followed = new ConcurrentHashMap<>();

  public ArchiveFollower(
      PolicyObserver observer, AgentClient agents, RecordKeeper records, Clock clock) {
    this.observer = observer;
    this.agents = agents;
    this.records = records;
    this.clock = clock;
  }

  /** What the bucket was like when it was last listed. */
  private record Followed(
      long generation,
      @Nullable String archiveId,
      @Nullable String newestBackup,
      @Nullable Instant retentionRan,
      Instant at) {

    boolean isLike(Followed other) {
      return generation == other.generation
          && Objects.equals(archiveId, other.archiveId)
          && Objects.equals(newestBackup, other.newestBackup)
          && Objects.equals(retentionRan, other.retentionRan)
          && other.at.isBefore(at.plus(ONCE_IN_A_WHILE));
    }
  }

  void follow(PgBackupPolicy policy, AgentStatus status) {
    if (status.archiveId() == null) {
      return;
    }
    String uid = policy.getMetadata().getUid();
    Followed now =
        new Followed(
            policy.getMetadata().getGeneration() == null ? 0 : policy.getMetadata().getGeneration(),
            status.archiveId(),
            status.lastBackup() == null ? null : status.lastBackup().backupId(),
            status.retention() == null ? null : status.retention().ranAt(),
            clock.instant());
    Followed before = followed.get(uid);
    if (before != null && before.isLike(now)) {
      return;
    }
    try {
      boolean complete =
          observer
              .agent(policy)
              .map(agent -> records.follow(policy, agents.backups(agent)))
              .orElse(false);
      if (complete) {
        followed.put(uid, now);
      }
    } catch (AgentUnreachable | AgentRefused e) {
      LOG.infof(
          "The backups of policy %s/%s are not known now: %s",
          policy.getMetadata().getNamespace(), policy.getMetadata().getName(), e.getMessage());
    }
  }

  void forget(PgBackupPolicy policy) {
    followed.remove(policy.getMetadata().getUid());
  }
}
