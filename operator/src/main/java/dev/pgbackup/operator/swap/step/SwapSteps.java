package dev.pgbackup.operator.swap.step;

import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.agent.AgentClient;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.kube.OwnRights;
import dev.pgbackup.operator.lookup.PolicyLookup;
import dev.pgbackup.operator.restore.step.LearnIdentity;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;

/** The steps of a swap, in their order. */
@Singleton
public final class SwapSteps {

  /** Holds the object of a swap from when its volumes are protected until it is in the ledger. */
  public static final String FINALIZER = "pgbackup.dev/swap";

  private final Turns turns;
  private final RestoreStep abort;
  private final List<RestoreStep> turn;
  private final RestoreStep check;
  private final RestoreStep begin;
  private final List<RestoreStep> exchange;

  public SwapSteps(
      ClusterReader cluster,
      ClusterWriter writer,
      ObjectWriter objects,
      OwnRights rights,
      PolicyLookup policies,
      AgentClient agents,
      LearnIdentity learnIdentity,
      Clock clock,
      OperatorSettings settings) {
    SwapAgent agent = new SwapAgent(policies, agents, clock);
    this.turns = new Turns(cluster, writer, objects, agent);
    this.abort = new ObeyAbort(cluster, writer);
    this.turn =
        List.of(abort, new RecognizeSwap(cluster), new CheckRights(rights), new TakeTurn(turns));
    this.check = new CheckSwap(cluster, objects);
    this.begin = new BeginSwap(cluster);
    this.exchange =
        List.of(
            new FindTarget(cluster, policies),
            new AbandonSwap(cluster, writer, objects, agent),
            new PrepareDatabase(agent),
            new ProtectVolumes(cluster, writer),
            new ReserveVolume(cluster, writer, clock),
            new FenceDatabase(cluster, writer, clock),
            new RebindClaim(cluster, writer, objects, clock),
            new KeepOldVolume(cluster, writer, objects),
            new ArchiveOldWal(cluster, objects, learnIdentity, settings),
            new ReleaseVolume(cluster, writer, objects, turns, clock),
            new VerifyDatabase(cluster, agent, clock),
            new TakeBackup(agent),
            new FinishSwap());
  }

  /** Whether somebody wishes it to be given up; for restores that swap nothing, too. */
  public RestoreStep abort() {
    return abort;
  }

  /** Before anything else: whether it may be done, whose turn it is, and if there is any to do. */
  public List<RestoreStep> turn() {
    return turn;
  }

  /** Whether the volumes can be swapped, as far as it can be known. */
  public RestoreStep check() {
    return check;
  }

  /** From a restored volume to the swap. */
  public RestoreStep begin() {
    return begin;
  }

  /** To be called when a restore is over, however it has ended, before that is written down. */
  public void end(RestoreRun run) {
    turns.giveBack(run);
  }

  /** The swap itself: the one that is written down is taken, the others are passed over. */
  public List<RestoreStep> exchange() {
    return exchange;
  }
}
