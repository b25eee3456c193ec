package dev.pgbackup.operator;

import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Which of several operators works: the one that holds the lease. */
final class Leadership {

  private static final String LEASE = "pgbackup-operator";

  private Leadership() {}

  @Produces
  @Singleton
  static LeaderElectionConfiguration lease(OperatorSettings settings) {
    return new LeaderElectionConfiguration(LEASE, settings.namespace());
  }
}
