package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.output.ProgressBar;
import dev.pgbackup.engine.restore.RestoreListener;
import dev.pgbackup.engine.restore.base.BaseProgress;
import dev.pgbackup.engine.restore.replay.ReplayProgress;

/** Shows on a terminal how a restore gets on. */
final class RestoreBar implements RestoreListener {

  private final ProgressBar bar;

  RestoreBar(ProgressBar bar) {
    this.bar = bar;
  }

  @Override
  public void base(BaseProgress progress) {
    bar.show("base backup", progress.bytes(), progress.totalBytes());
  }

  @Override
  public void replay(ReplayProgress progress) {
    bar.show(
        "replay to " + progress.to(),
        progress.replayed().minus(progress.from()),
        progress.to().minus(progress.from()));
  }
}
