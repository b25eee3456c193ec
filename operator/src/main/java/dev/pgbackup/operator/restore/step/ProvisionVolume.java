package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.restore.model.RestoreClaim;
import dev.pgbackup.operator.status.ConditionType;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.Objects;

/** Makes the claim of the new volume. */
@Singleton
public final class ProvisionVolume implements RestoreStep {

  private final ObjectWriter objects;

  public ProvisionVolume(ObjectWriter objects) {
    this.objects = objects;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    PgRestoreStatus.Plan plan = run.notes().plan();
    long bytes = plan == null ? 0 : Objects.requireNonNullElse(plan.bytes(), 0L);
    PersistentVolumeClaim claim;
    try {
      claim =
          objects.createIfAbsent(
              RestoreClaim.of(run.restore(), run.original().orElse(null), bytes));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        // A quota may have room again; the message says which.
        return run.wait(
            RestorePhase.Provisioning, "QuotaExceeded", "The claim is refused: " + e.getMessage());
      }
      throw e;
    }
    String pv = claim.getSpec().getVolumeName();
    run.notes().volume(claim.getMetadata().getName(), pv);
    if (pv != null && !pv.isEmpty()) {
      run.notes().passed(ConditionType.VolumeProvisioned, "Volume " + pv + " is bound.");
    }
    return StepOutcome.Proceed;
  }
}
