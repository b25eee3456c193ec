package dev.pgbackup.operator.restore;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.EventRecorder;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.restore.model.RestoreNotes;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.status.Notice;
import dev.pgbackup.operator.status.StatusPace;
import dev.pgbackup.operator.swap.retained.RetainedVolumes;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Takes the steps of a restore, from the first, as far as they go. */
@Singleton
@GradualRetry(maxAttempts = -1, initialInterval = 1_000, maxInterval = 60_000)
@ControllerConfiguration(
    name = "restores",
    maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.HOURS))
public final class RestoreReconciler implements Reconciler<PgRestore> {

  private static final Logger LOG = Logger.getLogger(RestoreReconciler.class);

  /** Steps while which the database is down, or about to be. */
  private static final Set<SwapStep> URGENT =
      EnumSet.of(
          SwapStep.Protecting,
          SwapStep.Reserving,
          SwapStep.Fencing,
          SwapStep.Rebinding,
          SwapStep.Keeping);

  private final RestoreCourse course;
  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final EventRecorder events;
  private final StatusPace pace;
  private final Clock clock;
  private final OperatorSettings settings;
  private final RetainedVolumes retained;

  public RestoreReconciler(
      RestoreCourse course,
      ClusterReader cluster,
      ClusterWriter writer,
      EventRecorder events,
      StatusPace pace,
      Clock clock,
      OperatorSettings settings,
      RetainedVolumes retained) {
    this.course = course;
    this.cluster = cluster;
    this.writer = writer;
    this.events = events;
    this.pace = pace;
    this.clock = clock;
    this.settings = settings;
    this.retained = retained;
  }

  @Override
  public List<EventSource<?, PgRestore>> prepareEventSources(
      EventSourceContext<PgRestore> context) {
    return List.of(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Job.class, PgRestore.class)
                .withLabelSelector(Names.RESTORE_LABEL)
                .build(),
            context),
        new DeletedSwaps(context.getPrimaryCache(), this::finish));
  }

  /** Goes on with a restore whose object is deleted, as far as it goes now. */
  private void finish(PgRestore deleted) {
    Optional<PgRestore> restore = live(deleted);
    while (restore.isPresent() && DeletedSwaps.isHeld(restore.get())) {
      RestoreRun run = new RestoreRun(restore.get());
      StepOutcome outcome = take(run);
      restore = live(deleted);
      if (restore.isPresent()) {
        restore.get().setStatus(run.notes().status(clock.instant()));
        writer.updateStatus(restore.get());
      }
      if (outcome != StepOutcome.Recorded) {
        return;
      }
    }
  }

  private Optional<PgRestore> live(PgRestore restore) {
    return cluster.restore(restore.getMetadata().getNamespace(), restore.getMetadata().getName());
  }

  @Override
  public UpdateControl<PgRestore> reconcile(PgRestore restore, Context<PgRestore> context) {
    PgRestoreStatus before = restore.getStatus();
    if (before != null && before.phase() != null && before.phase().isTerminal()) {
      pace.forget(restore.getMetadata().getUid());
      return over(restore);
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
      case Over -> after.swap() == null ? control : control.reschedule();
      case Proceed -> control;
    };
  }

  /** What a restore that is over still needs: that a spec which has changed since was seen. */
  private UpdateControl<PgRestore> over(PgRestore restore) {
    UpdateControl<PgRestore> control = retained.look(restore);
    Long generation = restore.getMetadata().getGeneration();
    if (control.isPatchStatus()
        || Objects.equals(restore.getStatus().observedGeneration(), generation)) {
      return control;
    }
    restore.setStatus(restore.getStatus().seen(generation));
    UpdateControl<PgRestore> seen = UpdateControl.patchStatus(restore);
    control.getScheduleDelay().ifPresent(seen::rescheduleAfter);
    return seen;
  }

  private Duration pause(PgRestoreStatus status) {
    return status.swap() != null && URGENT.contains(status.swap().step())
        ? settings.polling().swap()
        : settings.polling().busy();
  }

  private StepOutcome take(RestoreRun run) {
    try {
      return takeSteps(run);
    } catch (KubernetesClientException e) {
      // The SDK would give up after a few tries, and a restore must not stand still for that.
      LOG.warnf(e, "Restore %s is tried again.", run.restore().getMetadata().getName());
      run.notes()
          .turn(
              run.notes().phase(),
              "ClusterRefuses",
              "Kubernetes refuses what comes next; it is tried again: " + e.getMessage());
      return StepOutcome.Wait;
    }
  }

  private StepOutcome takeSteps(RestoreRun run) {
    for (RestoreStep step : course.of(run.restore())) {
      StepOutcome outcome = step.take(run);
      if (outcome == StepOutcome.Over) {
        course.end(run);
      }
      if (outcome != StepOutcome.Proceed) {
        return outcome;
      }
    }
    throw new IllegalStateException("the last step ends a restore");
  }
}
