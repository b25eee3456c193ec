package dev.pgbackup.operator.restore;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.kube.EventRecorder;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.restore.model.RestoreNotes;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.status.Notice;
import dev.pgbackup.operator.status.StatusPace;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Takes the steps of a restore, from the first, as far as they go. */
@Singleton
@GradualRetry(maxAttempts = -1, initialInterval = 1_000, maxInterval = 60_000)
@ControllerConfiguration(
    name = "restores",
    maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.HOURS))
public final class RestoreReconciler implements Reconciler<PgRestore> {

  private final RestoreCourse course;
  private final EventRecorder events;
  private final StatusPace pace;
  private final Clock clock;
  private final OperatorSettings settings;

  public RestoreReconciler(
      RestoreCourse course,
      EventRecorder events,
      StatusPace pace,
      Clock clock,
      OperatorSettings settings) {
    this.course = course;
    this.events = events;
    this.pace = pace;
    this.clock = clock;
    this.settings = settings;
  }

  @Override
  public List<EventSource<?, PgRestore>> prepareEventSources(
      EventSourceContext<PgRestore> context) {
    return List.of(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Job.class, PgRestore.class)
                .withLabelSelector(Names.RESTORE_LABEL)
                .build(),
            context));
  }

  @Override
  public UpdateControl<PgRestore> reconcile(PgRestore restore, Context<PgRestore> context) {
    PgRestoreStatus before = restore.getStatus();
    if (before != null && before.phase() != null && before.phase().isTerminal()) {
      pace.forget(restore.getMetadata().getUid());
      return UpdateControl.noUpdate();
    }
    RestoreRun run = new RestoreRun(restore);
    StepOutcome outcome = take(run);
    PgRestoreStatus after = run.notes().status(clock.instant());
    UpdateControl<PgRestore> control = UpdateControl.noUpdate();
    if (!after.equals(before)
        && pace.admits(
            restore.getMetadata().getUid(), RestoreNotes.differInMeaning(before, after))) {
      events.tell(
          restore, Notice.of(before == null ? null : before.conditions(), after.conditions()));
      restore.setStatus(after);
      control = UpdateControl.patchStatus(restore);
    }
    return switch (outcome) {
      case Wait -> control.rescheduleAfter(pause(after));
      case Recorded -> control.reschedule();
      case Proceed, Over -> control;
    };
  }

  private Duration pause(PgRestoreStatus status) {
    return status.swap() == null ? settings.polling().busy() : settings.polling().swap();
  }

  private StepOutcome take(RestoreRun run) {
    for (RestoreStep step : course.of(run.restore())) {
      StepOutcome outcome = step.take(run);
      if (outcome != StepOutcome.Proceed) {
        return outcome;
      }
    }
    throw new IllegalStateException("the last step ends a restore");
  }
}
