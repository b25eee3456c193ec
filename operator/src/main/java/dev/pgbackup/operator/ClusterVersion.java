package dev.pgbackup.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.VersionInfo;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

/** The oldest Kubernetes that this operator works on: native sidecars are on from 1.29. */
final class ClusterVersion {

  static final int OLDEST_MINOR = 29;

  private ClusterVersion() {}

  /** Before anything else is started. */
  static void check(
      @Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start,
      KubernetesClient client,
      OperatorSettings settings) {
    if (settings.checkClusterVersion()) {
      VersionInfo version = client.getKubernetesVersion();
      require(version.getMajor(), version.getMinor());
    }
  }

  static void require(String major, String minor) {
    int majorNumber = number(major);
    if (majorNumber < 1 || (majorNumber == 1 && number(minor) < OLDEST_MINOR)) {
      throw new IllegalStateException(
          "This is Kubernetes %s.%s. pgbackup needs 1.%d or newer: restores run PostgreSQL as a native sidecar."
              .formatted(major, minor, OLDEST_MINOR));
    }
  }

  /** Some clusters append a sign, as in 29+. */
  private static int number(String text) {
    String digits = text.replaceAll("[^0-9].*", "");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }
}
