package dev.pgbackup.operator.restore.model;

import dev.pgbackup.contract.restore.TargetDocument;
import dev.pgbackup.crds.restore.PgRestoreSpec;
import dev.pgbackup.crds.restore.RestoreTarget;
import dev.pgbackup.crds.restore.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Recovery targets in the words of others. */
public final class RestoreTargets {

  private RestoreTargets() {}

  public static TargetDocument document(RestoreTarget target) {
    return new TargetDocument(
        target.xid(),
        target.time(),
        target.lsn(),
        target.name(),
        target.immediate() == null ? null : true,
        target.latest() == null ? null : true,
        target.inclusive() ? null : false);
  }

  /** As options of the agent's command line. */
  static List<String> options(RestoreTarget target) {
    List<String> options = new ArrayList<>();
    if (target.xid() != null) {
      options.add("--target-xid=" + target.xid());
    }
    if (target.time() != null) {
      options.add("--target-time=" + target.time());
    }
    if (target.lsn() != null) {
      options.add("--target-lsn=" + target.lsn());
    }
    if (target.name() != null) {
      options.add("--target-name=" + target.name());
    }
    if (target.immediate() != null) {
      options.add("--target-immediate");
    }
    if (target.latest() != null) {
      options.add("--target-latest");
    }
    if (!target.inclusive()) {
      options.add("--exclusive");
    }
    return options;
  }

  /** For people. */
  public static String describe(PgRestoreSpec spec) {
    Source.RetainedVolumeSource retained = spec.source().retainedVolume();
    if (retained != null) {
      return retained.restoreRef() != null
          ? "before " + retained.restoreRef().name()
          : "volume of claim " + retained.claimName();
    }
    return describe(Objects.requireNonNull(spec.target()));
  }

  private static String describe(RestoreTarget target) {
    String what;
    if (target.xid() != null) {
      what = "transaction " + target.xid();
    } else if (target.time() != null) {
      what = "time " + target.time();
    } else if (target.lsn() != null) {
      what = "position " + target.lsn();
    } else if (target.name() != null) {
      what = "restore point " + target.name();
    } else {
      what = target.immediate() != null ? "end of the backup" : "latest";
    }
    return target.inclusive() ? what : "before " + what;
  }
}
