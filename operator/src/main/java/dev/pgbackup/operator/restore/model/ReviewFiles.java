package dev.pgbackup.operator.restore.model;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.CheckList;
import dev.pgbackup.crds.restore.PgRestoreSpec;
import dev.pgbackup.crds.restore.Review;
import dev.pgbackup.operator.pod.AgentContainer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the agent of a restore is told of its review: files beside its configuration. Kubernetes
 * brings a changed ConfigMap into a running pod, which takes about a minute.
 */
final class ReviewFiles {

  private static final String CHECKS = "checks.json";
  private static final String APPROVED = "approved";

  private ReviewFiles() {}

  /** By name. */
  static Map<String, String> of(PgRestoreSpec spec) {
    Map<String, String> files = new HashMap<>();
    if (spec.review().hasChecks()) {
      files.put(CHECKS, ContractJson.write(checks(spec.review())));
    }
    if (spec.approved()) {
      files.put(APPROVED, "yes\n");
    }
    return files;
  }

  private static CheckList checks(Review review) {
    return new CheckList(
        ContractJson.VERSION,
        Objects.requireNonNull(review.checks()).stream()
            .map(check -> new CheckList.Check(check.name(), check.sql(), check.database(), null))
            .toList());
  }

  /** Where they are, on the command line of {@code restore-job}. */
  static List<String> arguments(PgRestoreSpec spec) {
    List<String> arguments = new ArrayList<>();
    if (spec.review().hasChecks()) {
      arguments.add("--checks=" + AgentContainer.CONFIG_DIRECTORY + "/" + CHECKS);
    }
    if (spec.review().pauseAtTarget()) {
      arguments.add("--approval=" + AgentContainer.CONFIG_DIRECTORY + "/" + APPROVED);
    }
    return arguments;
  }
}
