package dev.pgbackup.agent.cli;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.restore.RestorePurpose;
import dev.pgbackup.contract.restore.TargetDocument;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a recovery is to stop, and from what it begins. */
final class TargetOptions {

  @Option(
      names = "--target-xid",
      paramLabel = "XID",
      description =
          "a transaction, as txid_current() prints it, or its lower 32 bits: then the latest one is meant")
  private @Nullable String xid;

  @Option(
      names = "--target-time",
      paramLabel = "TIME",
      description =
          "a moment with its offset: 2026-11-22T14:03:07.123456Z, \"2026-11-22 15:03+01\"")
  private @Nullable String time;

  @Option(names = "--target-lsn", paramLabel = "LSN", description = "a position: 0/9A000060")
  private @Nullable String lsn;

  @Option(
      names = "--target-name",
      paramLabel = "NAME",
      description = "what pg_create_restore_point was called with")
  private @Nullable String name;

  @Option(names = "--target-immediate", description = "as soon as the backup is consistent")
  private boolean immediate;

  @Option(names = "--target-latest", description = "everything that is in the archive")
  private boolean latest;

  @Option(
      names = "--exclusive",
      description = "stop before the transaction, time or position, not behind it")
  private boolean exclusive;

  @Option(
      names = "--timeline",
      paramLabel = "NUMBER",
      description = "where the target is looked for; default: where the server was last seen")
  private @Nullable Integer timeline;

  @Option(
      names = "--backup",
      paramLabel = "ID",
      description = "the backup to begin from; default: the newest that fits")
  private @Nullable String backup;

  PlanRequest request(RestorePurpose purpose) {
    TargetDocument target =
        new TargetDocument(
            xid,
            time,
            lsn,
            name,
            immediate ? Boolean.TRUE : null,
            latest ? Boolean.TRUE : null,
            exclusive ? Boolean.FALSE : null);
    return new PlanRequest(ContractJson.VERSION, target, timeline, backup, purpose);
  }
}
