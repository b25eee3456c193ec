package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.restore.model.RestoreNotes;
import dev.pgbackup.operator.restore.model.RestorePlace;
import dev.pgbackup.operator.restore.model.RestoreSource;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.workload.ProcessIdentity;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pass through the steps of a restore: what the earlier ones have found, for the later ones.
 */
public final class RestoreRun {

  private final PgRestore restore;
  private final RestoreNotes notes;
  private @Nullable RestoreSource source;
  private @Nullable RestorePlace place;
  private @Nullable ProcessIdentity identity;
  private @Nullable PersistentVolumeClaim original;

  public RestoreRun(PgRestore restore) {
    this.restore = restore;
    this.notes = new RestoreNotes(restore);
  }

  public PgRestore restore() {
    return restore;
  }

  public RestoreNotes notes() {
    return notes;
  }

  String namespace() {
    return restore.getMetadata().getNamespace();
  }

  RestoreSource source() {
    return found(source);
  }

  void source(RestoreSource found) {
    source = found;
  }

  RestorePlace place() {
    return found(place);
  }

  void place(RestorePlace found) {
    place = found;
  }

  ProcessIdentity identity() {
    return found(identity);
  }

  void identity(ProcessIdentity found) {
    identity = found;
  }

  /** The claim of the database; nothing if there is none. */
  Optional<PersistentVolumeClaim> original() {
    return Optional.ofNullable(original);
  }

  void original(PersistentVolumeClaim claim) {
    original = claim;
  }

  private static <T> T found(@Nullable T what) {
    if (what == null) {
      throw new IllegalStateException("an earlier step has not found it");
    }
    return what;
  }

  /** Waits for something. */
  StepOutcome wait(RestorePhase phase, String reason, String message) {
    notes.turn(phase, reason, message);
    return StepOutcome.Wait;
  }

  /** Refuses it before anything is created. */
  StepOutcome refuse(String reason, String message) {
    notes.refused(ConditionType.PreflightPassed, reason, message);
    return fail(reason, message);
  }

  /** Gives it up. */
  StepOutcome fail(String reason, String message) {
    notes.turn(RestorePhase.Failed, reason, message);
    return StepOutcome.Over;
  }
}
