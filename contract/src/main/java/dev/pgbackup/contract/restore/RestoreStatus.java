package dev.pgbackup.contract.restore;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /status} of a running restore.
 *
 * @param plan absent until it is made
 * @param progress absent until there is some
 * @param checks what came of the checks that were asked for, as far as they were made
 * @param paused the server that waits for an approval; absent while none does
 */
public record RestoreStatus(
    int version,
    Phase phase,
    Instant startedAt,
    @Nullable PlanDocument plan,
    @Nullable Progress progress,
    List<CheckResult> checks,
    @Nullable PausedServer paused) {

  public RestoreStatus {
    checks = checks == null ? List.of() : List.copyOf(checks);
  }

  /** Of a restore without checks, which does not wait. */
  public RestoreStatus(
      int version,
      Phase phase,
      Instant startedAt,
      @Nullable PlanDocument plan,
      @Nullable Progress progress) {
    this(version, phase, startedAt, plan, progress, List.of(), null);
  }

  /**
   * A server that waits at the target, to be looked at: read only, on loopback, without a password.
   *
   * @param role a superuser
   */
  public record PausedServer(int port, String role) {}

  /** How far it is. */
  public enum Phase {
    /** The target is resolved, space is looked at. */
    Planning,
    /** Files of the base backup are laid down. */
    RestoringBase,
    /** PostgreSQL replays WAL. */
    Replaying,
    /** At the target: the server waits, read only, until its promotion is approved. */
    AwaitingApproval,
    /** At the target: promotion, and what it leaves is archived. */
    Finishing,
    Succeeded,
    Failed,
    /** A phase that a newer agent knows. */
    @JsonEnumDefaultValue
    Unknown
  }

  /**
   * Numbers.
   *
   * @param baseBytesDone plain bytes of files that are in place
   * @param baseBytesTotal plain bytes of all files
   * @param replayLsn up to where WAL was replayed
   * @param replayTime of the last transaction replayed
   * @param replayXid of the last transaction replayed
   * @param percent of the whole, 0 to 100
   * @param etaSeconds until it is done, roughly
   */
  public record Progress(
      @Nullable Long baseBytesDone,
      @Nullable Long baseBytesTotal,
      @Nullable @JsonProperty("replayLSN") String replayLsn,
      @Nullable Instant replayTime,
      @Nullable String replayXid,
      @Nullable Integer percent,
      @Nullable Long etaSeconds) {}
}
