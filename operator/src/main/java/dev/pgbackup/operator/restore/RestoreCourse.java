package dev.pgbackup.operator.restore;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.restore.step.AwaitApproval;
import dev.pgbackup.operator.restore.step.CheckVolume;
import dev.pgbackup.operator.restore.step.FindSource;
import dev.pgbackup.operator.restore.step.FinishDryRun;
import dev.pgbackup.operator.restore.step.FollowRestoreJob;
import dev.pgbackup.operator.restore.step.LaunchRestoreJob;
import dev.pgbackup.operator.restore.step.LearnIdentity;
import dev.pgbackup.operator.restore.step.MakePlan;
import dev.pgbackup.operator.restore.step.ProvisionVolume;
import dev.pgbackup.operator.restore.step.RecognizeEarlierRun;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.RunInstance;
import dev.pgbackup.operator.restore.step.SealVolume;
import dev.pgbackup.operator.swap.step.SwapSteps;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Stream;

/** Which steps a restore takes, in which order. */
@Singleton
public final class RestoreCourse {

  private final List<RestoreStep> intoVolume;
  private final List<RestoreStep> intoInstance;
  private final List<RestoreStep> intoPlace;
  private final List<RestoreStep> backIntoPlace;
  private final List<RestoreStep> exchange;
  private final SwapSteps swap;

  public RestoreCourse(
      FindSource findSource,
      RecognizeEarlierRun recognizeEarlierRun,
      MakePlan makePlan,
      CheckVolume checkVolume,
      FinishDryRun finishDryRun,
      LearnIdentity learnIdentity,
      ProvisionVolume provisionVolume,
      LaunchRestoreJob launchRestoreJob,
      FollowRestoreJob followRestoreJob,
      SealVolume sealVolume,
      RunInstance runInstance,
      AwaitApproval awaitApproval,
      SwapSteps swap) {
    List<RestoreStep> plan = List.of(recognizeEarlierRun, makePlan);
    List<RestoreStep> work =
        List.of(
            checkVolume,
            finishDryRun,
            learnIdentity,
            provisionVolume,
            launchRestoreJob,
            followRestoreJob,
            sealVolume);
    this.intoVolume = all(List.of(findSource, swap.abort()), plan, work);
    this.intoInstance = all(intoVolume, List.of(runInstance));
    this.intoPlace =
        all(
            List.of(findSource),
            swap.turn(),
            plan,
            List.of(swap.check()),
            work,
            List.of(awaitApproval, swap.check(), swap.begin()));
    this.backIntoPlace =
        all(
            List.of(findSource),
            swap.turn(),
            List.of(swap.check(), finishDryRun, learnIdentity, awaitApproval, swap.begin()));
    this.exchange = swap.exchange();
    this.swap = swap;
  }

  @SafeVarargs
  private static List<RestoreStep> all(List<RestoreStep>... parts) {
    return Stream.of(parts).flatMap(List::stream).toList();
  }

  /** What remains to be done when a restore is over, before that is written down. */
  void end(RestoreRun run) {
    if (run.restore().getSpec().isSwap()) {
      swap.end(run);
    }
  }

  List<RestoreStep> of(PgRestore restore) {
    if (restore.getStatus() != null && restore.getStatus().swap() != null) {
      return exchange;
    }
    if (restore.getSpec().source().retainedVolume() != null) {
      return backIntoPlace;
    }
    return switch (restore.getSpec().mode()) {
      case Swap -> intoPlace;
      case Instance -> intoInstance;
      case Volume, Unrecognized -> intoVolume;
    };
  }
}
