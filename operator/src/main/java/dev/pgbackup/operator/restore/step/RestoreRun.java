package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.restore.model.RestoreNotes;
import dev.pgbackup.operator.restore.model.RestorePlace;
import dev.pgbackup.operator.restore.model.RestoreSource;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.workload.ProcessIdentity;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pass through the steps of a restore: what the earlier ones have found, for the later ones.
 */
public final class RestoreRun {

  private static final String AWAITING_APPROVAL = "AwaitingApproval";

  private final PgRestore restore;
  private final RestoreNotes notes;
  private @Nullable RestoreSource source;
  private @Nullable RestorePlace place;
  private @Nullable ProcessIdentity identity;
  private @Nullable PersistentVolumeClaim original;
  private List<NodeSelectorTerm> nodes = List.of();

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

  public String namespace() {
    return restore.getMetadata().getNamespace();
  }

  public RestoreSource source() {
    return found(source);
  }

  public void source(RestoreSource found) {
    source = found;
  }

  /** The workload of the database; nothing if it is not known. */
  public Optional<Workload> workload() {
    return Optional.ofNullable(source).map(RestoreSource::target).map(ResolvedTarget::workload);
  }

  public RestorePlace place() {
    return found(place);
  }

  public void place(RestorePlace found) {
    place = found;
  }

  public ProcessIdentity identity() {
    return found(identity);
  }

  public void identity(ProcessIdentity found) {
    identity = found;
  }

  /** The claim of the database; nothing if there is none. */
  public Optional<PersistentVolumeClaim> original() {
    return Optional.ofNullable(original);
  }

  public void original(PersistentVolumeClaim claim) {
    original = claim;
  }

  /** The nodes on which the restored volume has to be of use, as alternatives; none: all. */
  public List<NodeSelectorTerm> nodes() {
    return nodes;
  }

  public void nodes(List<NodeSelectorTerm> alternatives) {
    nodes = alternatives;
  }

  private static <T> T found(@Nullable T what) {
    if (what == null) {
      throw new IllegalStateException("an earlier step has not found it");
    }
    return what;
  }

  /** Whether a swap is at that step. */
  public boolean isAt(SwapStep step) {
    return notes.swap() != null && notes.swap().step() == step;
  }

  /** Goes on to another step of the swap, which is written down before it begins. */
  public StepOutcome next(SwapStep step) {
    notes.swap(Objects.requireNonNull(notes.swap()).at(step));
    return StepOutcome.Recorded;
  }

  /** Waits for something. */
  public StepOutcome wait(RestorePhase phase, String reason, String message) {
    notes.turn(phase, reason, message);
    return StepOutcome.Wait;
  }

  /** Waits for somebody to say that it goes on; that is told as an event, too. */
  StepOutcome awaitApproval(String message) {
    notes.refused(ConditionType.Approved, AWAITING_APPROVAL, message);
    return wait(RestorePhase.AwaitingApproval, AWAITING_APPROVAL, message);
  }

  /** Somebody has said so. */
  void approved() {
    notes.passed(ConditionType.Approved, "Somebody has approved it.");
  }

  /** Refuses it before anything is created. */
  public StepOutcome refuse(String reason, String message) {
    notes.refused(ConditionType.PreflightPassed, reason, message);
    return fail(reason, message);
  }

  /** Gives it up. */
  public StepOutcome fail(String reason, String message) {
    notes.turn(RestorePhase.Failed, reason, message);
    return StepOutcome.Over;
  }
}
