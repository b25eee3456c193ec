package dev.pgbackup.operator.swap.step;

import dev.pgbackup.operator.kube.OwnRights;
import dev.pgbackup.operator.kube.OwnRights.Deed;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Looks whether the operator may swap volumes at all: that is a role of its own, which may have
 * been left out. It comes first, since even taking a turn is among these rights.
 */
final class CheckRights implements RestoreStep {

  private final OwnRights rights;

  CheckRights(OwnRights rights) {
    this.rights = rights;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    List<Deed> lacking =
        rights.lacking(
            List.of(
                new Deed("patch", "", "persistentvolumes", null),
                new Deed("delete", "", "persistentvolumeclaims", run.namespace()),
                new Deed("delete", "", "pods", run.namespace()),
                new Deed("create", "coordination.k8s.io", "leases", run.namespace())));
    return lacking.isEmpty()
        ? StepOutcome.Proceed
        : run.refuse(
            "PvPatchForbidden",
            "The operator may not %s, which a swap needs. An administrator gives that right with: kubectl apply -f deploy/base/operator-swap-rbac.yaml"
                .formatted(lacking.stream().map(Deed::toString).collect(Collectors.joining(", "))));
  }
}
