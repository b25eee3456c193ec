package dev.pgbackup.operator;

import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RuntimeInfo;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Whether the operator sees the cluster. One that waits for the lease is ready as well: else a
 * rolling update, which ends the old one only when the new one is ready, would never get on.
 */
@Readiness
@Singleton
final class OperatorReadiness implements HealthCheck {

  private final Operator operator;

  OperatorReadiness(Operator operator) {
    this.operator = operator;
  }

  @Override
  public HealthCheckResponse call() {
    RuntimeInfo info = operator.getRuntimeInfo();
    if (!info.isStarted()) {
      return HealthCheckResponse.named("operator").up().withData("state", "waiting").build();
    }
    return HealthCheckResponse.named("operator")
        .status(info.allEventSourcesAreHealthy())
        .withData("state", "leading")
        .build();
  }
}
