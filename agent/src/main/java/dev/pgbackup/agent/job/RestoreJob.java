package dev.pgbackup.agent.job;

import dev.pgbackup.agent.document.RestoreReports;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.config.HttpConfig;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.restore.Restore;
import dev.pgbackup.engine.restore.RestoreResult;
import dev.pgbackup.engine.restore.RestoreSettings;
import dev.pgbackup.engine.restore.Review;
import dev.pgbackup.engine.restore.base.BaseSettings;
import dev.pgbackup.engine.restore.check.SqlCheck;
import dev.pgbackup.engine.restore.check.SqlChecks;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestorePlanner;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.replay.CompanionReplayServer;
import dev.pgbackup.engine.restore.replay.TargetAction;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Restores, and reports. Run again after it was cut off, it finishes. */
public final class RestoreJob {

  private static final Logger LOG = LoggerFactory.getLogger(RestoreJob.class);
  private static final String POSTGRES = "postgres";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * What is to be done.
   *
   * @param slot of a directory that takes the master's place
   * @param checks that have to pass at the target
   * @param approval the file that has to be there before the server is promoted; null if it need
   *     not wait
   * @param directory the data directory to be
   * @param lift whether it is moved up into the folder around it in the end
   * @param meeting the folder in which the container with PostgreSQL waits
   */
  public record Order(
      RestoreRequest request,
      String slot,
      List<SqlCheck> checks,
      @Nullable Path approval,
      Path directory,
      boolean lift,
      Path meeting,
      int parallelism) {

    public Order {
      checks = List.copyOf(checks);
    }

    private boolean isLookedAt() {
      return approval != null || !checks.isEmpty();
    }
  }

  private final Clock clock;
  private final HttpConfig http;

  public RestoreJob(Clock clock, HttpConfig http) {
    this.clock = clock;
    this.http = http;
  }

  /**
   * Restores.
   *
   * @param archive opens the archive
   * @return how it ended, whatever the end was
   */
  public RestoreReport run(Order order, Supplier<Archive> archive) {
    SqlChecks checks = new SqlChecks(order.checks());
    JobProgress progress = new JobProgress(clock.instant(), checks::answers);
    Instant begun = clock.instant();
    try (StatusServer server = StatusServer.start(http.listen(), progress::status)) {
      return restore(order, archive, checks, progress, begun);
    } catch (RuntimeException e) {
      LOG.error("The restore failed.", e);
      return RestoreReports.failed(e, progress.plan(), checks.answers(), begun, clock.instant());
    }
  }

  private RestoreReport restore(
      Order order,
      Supplier<Archive> archives,
      SqlChecks checks,
      JobProgress progress,
      Instant begun) {
    Lift lift = new Lift(order.directory());
    Optional<String> lifting = order.lift() ? lift.begun() : Optional.empty();
    if (lifting.isPresent()) {
      LOG.info("An earlier run was cut off while it moved the directory; that is finished now.");
      lift.run(lifting.get());
      return ContractJson.read(lifting.get(), RestoreReport.class);
    }
    Archive archive = archives.get();
    RestorePlan plan = new RestorePlanner(archive).plan(order.request());
    Review review =
        order.approval() == null
            ? checks
            : new Approval(checks, order.approval(), progress::awaitingApproval);
    RestoreResult result =
        Restore.of(
                archive,
                settings(order),
                new CompanionReplayServer(order.meeting(), POSTGRES, PATIENCE),
                review,
                progress)
            .run(plan);
    RestoreReport report =
        RestoreReports.succeeded(result, checks.answers(), begun, clock.instant());
    if (order.lift()) {
      lift.run(ContractJson.write(report));
    }
    return report;
  }

  private static RestoreSettings settings(Order order) {
    return RestoreSettings.into(order.directory())
        .withBase(new BaseSettings(order.parallelism(), true, Map.of(), 0))
        .withSlot(order.slot())
        .withAction(order.isLookedAt() ? TargetAction.Pause : TargetAction.Promote);
  }
}
