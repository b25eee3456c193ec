package dev.pgbackup.agent.job;

import dev.pgbackup.agent.document.PlanDocuments;
import dev.pgbackup.agent.document.RestoreReports;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.RestoreStatus;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.restore.RestoreListener;
import dev.pgbackup.engine.restore.RestorePhase;
import dev.pgbackup.engine.restore.base.BaseProgress;
import dev.pgbackup.engine.restore.check.Answer;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.replay.Milestone;
import dev.pgbackup.engine.restore.replay.PausedServer;
import dev.pgbackup.engine.restore.replay.ReplayProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How far a restore is, for who asks. */
public final class JobProgress implements RestoreListener {

  /** Of the whole, what the base backup is taken to be. */
  private static final double BASE_SHARE = 0.7;

  private final Instant startedAt;
  private volatile RestoreStatus.Phase phase = RestoreStatus.Phase.Planning;
  private volatile @Nullable PlanDocument plan;
  private volatile @Nullable BaseProgress base;
  private volatile @Nullable ReplayProgress replay;
  private volatile @Nullable PausedServer paused;
  private final Supplier<List<Answer>> answers;

  /**
   * @param answers to the checks, as far as they were made
   */
  public JobProgress(Instant startedAt, Supplier<List<Answer>> answers) {
    this.startedAt = startedAt;
    this.answers = answers;
  }

  /** A server waits at the target to be approved. */
  void awaitingApproval(PausedServer server) {
    paused = server;
    phase = RestoreStatus.Phase.AwaitingApproval;
  }

  @Override
  public void entered(RestorePhase entered) {
    paused = null;
    phase =
        switch (entered) {
          case Planning -> RestoreStatus.Phase.Planning;
          case RestoringBase -> RestoreStatus.Phase.RestoringBase;
          case Replaying, Paused -> RestoreStatus.Phase.Replaying;
          case Finishing, Done -> RestoreStatus.Phase.Finishing;
        };
  }

  @Override
  public void planned(RestorePlan planned) {
    plan = PlanDocuments.plan(planned);
  }

  @Override
  public void base(BaseProgress progress) {
    base = progress;
  }

  @Override
  public void replay(ReplayProgress progress) {
    replay = progress;
  }

  /** The plan that is carried out; null until there is one. */
  public @Nullable PlanDocument plan() {
    return plan;
  }

  /** As it is now. */
  public RestoreStatus status() {
    PausedServer server = paused;
    return new RestoreStatus(
        ContractJson.VERSION,
        phase,
        startedAt,
        plan,
        numbers(),
        RestoreReports.checks(answers.get()),
        server == null ? null : new RestoreStatus.PausedServer(server.port(), server.role()));
  }

  private RestoreStatus.@Nullable Progress numbers() {
    BaseProgress files = base;
    ReplayProgress wal = replay;
    if (files == null && wal == null) {
      return null;
    }
    Milestone passed = wal == null ? null : wal.passed().orElse(null);
    return new RestoreStatus.Progress(
        files == null ? null : files.bytes(),
        files == null ? null : files.totalBytes(),
        wal == null ? null : wal.replayed().toString(),
        passed == null ? null : passed.time(),
        passed == null ? null : text(passed.xid()),
        percent(files, wal),
        eta(files, wal));
  }

  private static String text(Xid xid) {
    return xid.toString();
  }

  private static int percent(@Nullable BaseProgress files, @Nullable ReplayProgress wal) {
    double base = wal != null || files == null ? 100 : files.percent();
    double replayed = wal == null ? 0 : wal.percent();
    return (int) Math.min(99, base * BASE_SHARE + replayed * (1 - BASE_SHARE));
  }

  private static @Nullable Long eta(@Nullable BaseProgress files, @Nullable ReplayProgress wal) {
    if (wal != null) {
      return wal.left().map(Duration::toSeconds).orElse(null);
    }
    return files == null ? null : files.left().map(Duration::toSeconds).orElse(null);
  }
}
