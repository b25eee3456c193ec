package dev.pgbackup.operator.restore;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.swap.step.SwapSteps;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Has swaps go on whose object is deleted in the middle. The SDK leaves such objects alone, unless
 * it puts a finalizer on each of their kind; here only one in the middle of a swap has one.
 */
final class DeletedSwaps extends AbstractEventSource<PgRestore, PgRestore> {

  private static final Logger LOG = Logger.getLogger(DeletedSwaps.class);

  private final Cache<PgRestore> restores;
  private final Consumer<PgRestore> goOn;
  private @Nullable ScheduledExecutorService timer;

  /**
   * @param goOn takes what steps can be taken now
   */
  DeletedSwaps(Cache<PgRestore> restores, Consumer<PgRestore> goOn) {
    super(PgRestore.class, "deleted-swaps");
    this.restores = restores;
    this.goOn = goOn;
  }

  @Override
  public void start() {
    super.start();
    timer = Executors.newSingleThreadScheduledExecutor();
    timer.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  private void look() {
    restores.list(DeletedSwaps::isHeld).forEach(this::tryToGoOn);
  }

  static boolean isHeld(PgRestore restore) {
    return restore.getMetadata().getDeletionTimestamp() != null
        && restore.getMetadata().getFinalizers().contains(SwapSteps.FINALIZER);
  }

  private void tryToGoOn(PgRestore restore) {
    try {
      goOn.accept(restore);
    } catch (RuntimeException e) {
      LOG.warnf(
          e,
          "The swap of %s/%s, whose object is deleted, is tried again.",
          restore.getMetadata().getNamespace(),
          restore.getMetadata().getName());
    }
  }

  @Override
  public void stop() {
    super.stop();
    if (timer != null) {
      timer.shutdownNow();
    }
  }

  @Override
  public Set<PgRestore> getSecondaryResources(PgRestore primary) {
    return Set.of();
  }
}
