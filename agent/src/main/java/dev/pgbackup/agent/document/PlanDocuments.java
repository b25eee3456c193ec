package dev.pgbackup.agent.document;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.restore.RestorePurpose;
import dev.pgbackup.contract.restore.TargetDocument;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Requests for a restore, and what it would do. */
public final class PlanDocuments {

  private PlanDocuments() {}

  /**
   * The request in the engine's terms.
   *
   * @throws EngineException {@code InvalidArgument}
   */
  public static RestoreRequest request(PlanRequest request) {
    if (request.target() == null) {
      throw invalid("The request has no target.");
    }
    return new RestoreRequest(
        target(request.target()),
        Optional.ofNullable(request.timeline()).map(PlanDocuments::timeline),
        Optional.ofNullable(request.backupId()).map(PlanDocuments::backupId),
        request.purpose() == RestorePurpose.Master
            ? RestoreRequest.Purpose.Restore
            : RestoreRequest.Purpose.Clone);
  }

  /**
   * Reads a target.
   *
   * @throws EngineException {@code InvalidArgument}, unless it says exactly one thing
   */
  public static RecoveryTarget target(TargetDocument target) {
    boolean inclusive = !Boolean.FALSE.equals(target.inclusive());
    List<RecoveryTarget> said = new ArrayList<>();
    if (target.xid() != null) {
      said.add(RecoveryTarget.xid(target.xid(), inclusive));
    }
    if (target.time() != null) {
      said.add(RecoveryTarget.time(target.time(), inclusive));
    }
    if (target.lsn() != null) {
      said.add(RecoveryTarget.lsn(target.lsn(), inclusive));
    }
    boolean comparable = !said.isEmpty();
    if (target.name() != null) {
      said.add(RecoveryTarget.name(target.name()));
    }
    if (Boolean.TRUE.equals(target.immediate())) {
      said.add(RecoveryTarget.immediate());
    }
    if (Boolean.TRUE.equals(target.latest())) {
      said.add(RecoveryTarget.latest());
    }
    if (said.size() != 1) {
      throw invalid(
          (said.isEmpty() ? "No target is given" : "More than one target is given")
              + ": exactly one of xid, time, lsn, name, immediate and latest is needed.");
    }
    if (!inclusive && !comparable) {
      throw invalid("Only a target xid, time or lsn can be exclusive.");
    }
    return said.get(0);
  }

  /**
   * Reads the number of a timeline.
   *
   * @throws EngineException {@code InvalidArgument}
   */
  public static Timeline timeline(int number) {
    if (number < 1) {
      throw invalid("A timeline is a number from 1 on, not " + number + ".");
    }
    return new Timeline(number);
  }

  /**
   * Reads a backup's id.
   *
   * @throws EngineException {@code InvalidArgument}
   */
  public static BackupId backupId(String text) {
    if (!BackupId.isBackupId(text)) {
      throw invalid(
          "\""
              + text
              + "\" is not a backup id; one looks like 20261122T140307Z-3fa9. `pgbackup list` shows them.");
    }
    return new BackupId(text);
  }

  public static PlanDocument plan(RestorePlan plan) {
    return new PlanDocument(
        ContractJson.VERSION,
        plan.archive().toString(),
        plan.target().target().describe(),
        plan.backup().backupId().toString(),
        plan.target().timeline().number(),
        plan.target().lastRecordEnd().toString(),
        plan.target().lastTime().orElse(null),
        plan.target().lastXid().map(Xid::toString).orElse(null),
        plan.wal().stretches().stream().map(stretch -> stretch.timeline().number()).toList(),
        plan.wal().count(),
        plan.wal().bytes(),
        plan.baseBytes(),
        null,
        plan.backup().server().version().toString(),
        plan.backup().tablespaces().stream()
            .map(BackupManifest.Tablespace::location)
            .filter(Objects::nonNull)
            .toList(),
        plan.warnings());
  }

  private static EngineException invalid(String message) {
    return new EngineException(Reason.InvalidArgument, message);
  }
}
