package dev.pgbackup.operator.restore.model;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.restore.RestorePurpose;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreSpec;
import dev.pgbackup.crds.restore.RestoreTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is restored, as agents are told. */
public final class PlanArguments {

  private static final String NO_TARGET = "a plan is made for a target only";

  private PlanArguments() {}

  private static RestoreTarget target(PgRestoreSpec spec) {
    return Objects.requireNonNull(spec.target(), NO_TARGET);
  }

  /** Over HTTP. */
  public static PlanRequest request(PgRestore restore, @Nullable String backupId) {
    PgRestoreSpec spec = restore.getSpec();
    return new PlanRequest(
        ContractJson.VERSION,
        RestoreTargets.document(target(spec)),
        spec.timeline() == null ? null : Math.toIntExact(spec.timeline()),
        backupId,
        spec.isSwap() ? RestorePurpose.Master : RestorePurpose.Clone);
  }

  /** On the command line. */
  static List<String> of(PgRestore restore, RestoreSource source, @Nullable String backupId) {
    PgRestoreSpec spec = restore.getSpec();
    List<String> arguments = new ArrayList<>(RestoreTargets.options(target(spec)));
    if (spec.timeline() != null) {
      arguments.add("--timeline=" + spec.timeline());
    }
    if (backupId != null) {
      arguments.add("--backup=" + backupId);
    }
    if (source.archiveId() != null) {
      arguments.add("--archive=" + source.archiveId());
    }
    return arguments;
  }
}
