package dev.pgbackup.operator.restore.model;

import dev.pgbackup.contract.restore.CheckResult;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.contract.restore.RestoreStatus;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.PgRestoreStatus.CheckOutcome;
import dev.pgbackup.crds.restore.PgRestoreStatus.Plan;
import dev.pgbackup.crds.restore.PgRestoreStatus.Preview;
import dev.pgbackup.crds.restore.PgRestoreStatus.Progress;
import dev.pgbackup.crds.restore.PgRestoreStatus.Recovered;
import dev.pgbackup.crds.restore.PgRestoreStatus.Volume;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import dev.pgbackup.operator.status.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the steps of a restore note down as they go; its status is written from it, and only from
 * it.
 */
public final class RestoreNotes {

  private static final List<ConditionType> STAGES =
      List.of(
          ConditionType.PreflightPassed,
          ConditionType.VolumeProvisioned,
          ConditionType.BaseRestored,
          ConditionType.RecoveryTargetReached);

  private static final List<ConditionType> SWAP_STAGES =
      List.of(
          ConditionType.Fenced,
          ConditionType.VolumeSwapped,
          ConditionType.OldVolumeRetained,
          ConditionType.DatabaseAvailable,
          ConditionType.PostBackupCompleted);

  private static final Set<RestorePhase> FAILED =
      EnumSet.of(RestorePhase.Failed, RestorePhase.RolledBack, RestorePhase.Aborted);

  private final PgRestore restore;
  private final PgRestoreStatus before;
  private final List<Verdict> stages = new ArrayList<>();
  private RestorePhase phase;
  private String reason;
  private String message;
  private @Nullable Plan plan;
  private @Nullable Progress progress;
  private @Nullable Recovered recovered;
  private @Nullable List<CheckOutcome> checks;
  private @Nullable Volume volume;
  private @Nullable Preview preview;
  private @Nullable SwapStatus swap;
  private @Nullable String lastLogs;

  public RestoreNotes(PgRestore restore) {
    this.restore = restore;
    this.before = Objects.requireNonNullElse(restore.getStatus(), PgRestoreStatus.EMPTY);
    this.phase = Objects.requireNonNullElse(before.phase(), RestorePhase.Pending);
    this.reason =
        Conditions.find(before.conditions(), ConditionType.Reconciling)
            .map(Condition::getReason)
            .orElse(phase.name());
    this.message = Objects.requireNonNullElse(before.message(), "");
    this.plan = before.plan();
    this.progress = before.progress();
    this.recovered = before.recovered();
    this.checks = before.checks();
    this.volume = before.volume();
    this.preview = before.preview();
    this.swap = before.swap();
  }

  public RestorePhase phase() {
    return phase;
  }

  public @Nullable Plan plan() {
    return plan;
  }

  /** Notes how far it is. */
  public void turn(RestorePhase to, String why, String text) {
    phase = to;
    reason = why;
    message = text;
  }

  /** Notes that a stage is behind it. */
  public void passed(ConditionType stage, String text) {
    stages.add(Verdict.isTrue(stage, stage.name(), text));
  }

  /** Notes that a stage is not passed, and why. */
  public void refused(ConditionType stage, String why, String text) {
    stages.add(Verdict.isFalse(stage, why, text));
  }

  /** Whether a stage was passed, now or before. */
  public boolean hasPassed(ConditionType stage) {
    return stages.stream().anyMatch(v -> v.type() == stage && v.isTrue())
        || Conditions.isTrue(before.conditions(), stage);
  }

  public void plan(PlanDocument document) {
    plan =
        new Plan(
            document.backupId(),
            document.targetLsn(),
            document.targetTime(),
            document.targetXid(),
            document.timelinePath().stream().map(Integer::longValue).toList(),
            document.walSegments(),
            document.bytes(),
            document.warnings().isEmpty() ? null : document.warnings());
  }

  public void volume(String claim, @Nullable String pv) {
    volume = new Volume(claim, pv);
  }

  public @Nullable Volume volume() {
    return volume;
  }

  public void preview(Preview copy) {
    preview = copy;
  }

  /** How far a swap is; absent before it has begun. */
  public @Nullable SwapStatus swap() {
    return swap;
  }

  public void swap(SwapStatus now) {
    swap = now;
  }

  public @Nullable Recovered recovered() {
    return recovered;
  }

  public void progress(RestoreStatus.Progress numbers) {
    progress =
        new Progress(
            numbers.baseBytesDone(),
            numbers.baseBytesTotal(),
            numbers.replayLsn(),
            numbers.replayTime(),
            numbers.replayXid(),
            numbers.percent(),
            numbers.etaSeconds());
  }

  public void recovered(RestoreReport.Recovered what) {
    recovered =
        new Recovered(
            what.stoppedAtLsn(),
            what.lastCommitTime(),
            what.lastXid(),
            what.newTimeline() == null ? null : what.newTimeline().longValue());
    if (progress != null) {
      progress =
          new Progress(
              progress.baseBytesTotal(),
              progress.baseBytesTotal(),
              what.stoppedAtLsn(),
              what.lastCommitTime(),
              what.lastXid(),
              100,
              0L);
    }
  }

  /** Notes what came of the checks; that none is told says nothing. */
  public void checks(List<CheckResult> results) {
    if (!results.isEmpty()) {
      checks =
          results.stream()
              .map(check -> new CheckOutcome(check.name(), check.passed(), check.detail()))
              .toList();
    }
  }

  public void lastLogs(String text) {
    lastLogs = text;
  }

  /** The status that follows. */
  public PgRestoreStatus status(Instant now) {
    return new PgRestoreStatus(
        restore.getMetadata().getGeneration(),
        phase,
        message,
        RestoreTargets.describe(restore.getSpec()),
        before.startedAt() == null ? now : before.startedAt(),
        phase.isTerminal() && before.completedAt() == null ? now : before.completedAt(),
        plan,
        progress,
        recovered,
        checks,
        volume,
        preview,
        swap,
        lastLogs,
        conditions(now));
  }

  private List<Condition> conditions(Instant now) {
    boolean done = phase == RestorePhase.Succeeded || phase == RestorePhase.AlreadyApplied;
    boolean failed = FAILED.contains(phase);
    List<Verdict> found = new ArrayList<>();
    found.add(verdict(ConditionType.Ready, done));
    found.add(verdict(ConditionType.Reconciling, !phase.isTerminal()));
    found.add(verdict(ConditionType.Stalled, failed));
    STAGES.forEach(stage -> found.add(stage(stage)));
    if (restore.getSpec().review().hasChecks()) {
      found.add(stage(ConditionType.ChecksPassed));
    }
    if (restore.getSpec().review().isManual()) {
      found.add(stage(ConditionType.Approved));
    }
    if (restore.getSpec().isInstance()) {
      found.add(stage(ConditionType.DatabaseAvailable));
    }
    if (restore.getSpec().isSwap()) {
      SWAP_STAGES.forEach(stage -> found.add(stage(stage)));
    }
    found.add(verdict(ConditionType.Complete, done));
    found.add(verdict(ConditionType.Failed, failed));
    return Conditions.of(before.conditions(), found, restore.getMetadata().getGeneration(), now);
  }

  private Verdict verdict(ConditionType type, boolean value) {
    return value ? Verdict.isTrue(type, reason, message) : Verdict.isFalse(type, reason, message);
  }

  private Verdict stage(ConditionType type) {
    return stages.stream()
        .filter(v -> v.type() == type)
        .reduce((first, second) -> second)
        .or(
            () ->
                Conditions.find(before.conditions(), type)
                    .filter(c -> !"Unknown".equals(c.getStatus()))
                    .map(
                        c ->
                            "True".equals(c.getStatus())
                                ? Verdict.isTrue(type, c.getReason(), c.getMessage())
                                : Verdict.isFalse(type, c.getReason(), c.getMessage())))
        .orElseGet(() -> Verdict.unknown(type, "NotYet", "It has not come to that."));
  }

  /** Whether a status says something else than the one before, moving numbers aside. */
  public static boolean differInMeaning(@Nullable PgRestoreStatus before, PgRestoreStatus after) {
    return before == null
        || before.phase() != after.phase()
        || !Objects.equals(before.message(), after.message())
        || !Conditions.mean(before.conditions(), after.conditions())
        || !Objects.equals(before.plan(), after.plan())
        || !Objects.equals(before.recovered(), after.recovered())
        || !Objects.equals(before.checks(), after.checks())
        || !Objects.equals(before.volume(), after.volume())
        || !Objects.equals(before.preview(), after.preview())
        || !Objects.equals(before.swap(), after.swap());
  }
}
