package dev.pgbackup.operator;

import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Which of several operators works: the one that holds the lease. */
final class Leadership {

  private static final String LEASE = "pgbackup-operator";
  private static final int LOST = 1;

  /** That of the pod, which the SDK finds out. */
  private static final @Nullable String OWN_IDENTITY = null;

  private Leadership() {}

  /**
   * Who loses the lease ends, to be started anew and wait for it. The SDK would exit by itself, and
   * do so at the end of an orderly stop, too, where an exit waits for the stop that it is part of:
   * the process would hang until it is killed.
   */
  @Produces
  @Singleton
  static LeaderElectionConfiguration lease(OperatorSettings settings) {
    return new LeaderElectionConfiguration(
        LEASE,
        settings.namespace(),
        LeaderElectionConfiguration.LEASE_DURATION_DEFAULT_VALUE,
        LeaderElectionConfiguration.RENEW_DEADLINE_DEFAULT_VALUE,
        LeaderElectionConfiguration.RETRY_PERIOD_DEFAULT_VALUE,
        OWN_IDENTITY,
        new LeaderCallbacks(() -> {}, () -> Quarkus.asyncExit(LOST), leader -> {}),
        false);
  }
}
