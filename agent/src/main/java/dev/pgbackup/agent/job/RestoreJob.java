package dev.pgbackup.agent.job;

import dev.pgbackup.agent.document.Failures;
import dev.pgbackup.agent.document.PlanDocuments;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.config.HttpConfig;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.Restore;
import dev.pgbackup.engine.restore.RestoreResult;
import dev.pgbackup.engine.restore.RestoreSettings;
import dev.pgbackup.engine.restore.base.BaseSettings;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestorePlanner;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.replay.CompanionReplayServer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Restores a copy, and reports. Run again after it was cut off, it finishes. */
public final class RestoreJob {

  private static final Logger LOG = LoggerFactory.getLogger(RestoreJob.class);
  private static final String POSTGRES = "postgres";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * What is to be done.
   *
   * @param directory the data directory to be
   * @param lift whether it is moved up into the folder around it in the end
   * @param meeting the folder in which the container with PostgreSQL waits
   */
  public record Order(
      RestoreRequest request, Path directory, boolean lift, Path meeting, int parallelism) {}

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
    JobProgress progress = new JobProgress(clock.instant());
    Instant begun = clock.instant();
    try (StatusServer server = StatusServer.start(http.listen(), progress::status)) {
      return restore(order, archive, progress, begun);
    } catch (RuntimeException e) {
      LOG.error("The restore failed.", e);
      return new RestoreReport(
          ContractJson.VERSION,
          false,
          Failures.exitCode(e).code(),
          Failures.reason(e).name(),
          Failures.message(e),
          begun,
          clock.instant(),
          progress.plan(),
          null);
    }
  }

  private RestoreReport restore(
      Order order, Supplier<Archive> archives, JobProgress progress, Instant begun) {
    Lift lift = new Lift(order.directory());
    Optional<String> lifting = order.lift() ? lift.begun() : Optional.empty();
    if (lifting.isPresent()) {
      LOG.info("An earlier run was cut off while it moved the directory; that is finished now.");
      lift.run(lifting.get());
      return ContractJson.read(lifting.get(), RestoreReport.class);
    }
    Archive archive = archives.get();
    RestorePlan plan = new RestorePlanner(archive).plan(order.request());
    RestoreResult result =
        Restore.ofCopy(
                archive,
                RestoreSettings.into(order.directory())
                    .withBase(new BaseSettings(order.parallelism(), true, Map.of(), 0)),
                new CompanionReplayServer(order.meeting(), POSTGRES, PATIENCE),
                progress)
            .run(plan);
    RestoreReport report = succeeded(result, begun);
    if (order.lift()) {
      lift.run(ContractJson.write(report));
    }
    return report;
  }

  private RestoreReport succeeded(RestoreResult result, Instant begun) {
    PlanDocument plan = PlanDocuments.plan(result.plan());
    return new RestoreReport(
        ContractJson.VERSION,
        true,
        ExitCode.SUCCESS.code(),
        null,
        "The directory holds " + plan.target() + ", cleanly shut down.",
        begun,
        clock.instant(),
        plan,
        new RestoreReport.Recovered(
            plan.targetLsn(),
            plan.targetTime(),
            plan.targetXid(),
            number(result.timeline().orElse(null))));
  }

  private static @Nullable Integer number(@Nullable Timeline timeline) {
    return timeline == null ? null : timeline.number();
  }
}
