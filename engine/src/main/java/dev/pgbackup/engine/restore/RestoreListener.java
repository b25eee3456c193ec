package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.restore.base.BaseProgress;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.replay.ReplayProgress;

/** Is told how a restore goes. Its methods are called by several threads and return soon. */
public interface RestoreListener {

  RestoreListener NONE = new RestoreListener() {};

  default void entered(RestorePhase phase) {}

  /** What is restored: of an earlier run's plan, where this run goes on with that. */
  default void planned(RestorePlan plan) {}

  /** Some times a second, and at the end. */
  default void base(BaseProgress progress) {}

  /** Several times a second. */
  default void replay(ReplayProgress progress) {}
}
