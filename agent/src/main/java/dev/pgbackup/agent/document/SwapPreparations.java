package dev.pgbackup.agent.document;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.contract.status.SwapPreparation.LogicalSlot;
import dev.pgbackup.contract.status.SwapPreparation.PreparedTransaction;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.SwapHazards;
import java.time.Instant;

/** A server that is ready to be swapped. */
public final class SwapPreparations {

  private SwapPreparations() {}

  public static SwapPreparation of(
      ServerFacts server,
      String durableLsn,
      Instant pausedUntil,
      boolean checkpointed,
      SwapHazards hazards) {
    return new SwapPreparation(
        ContractJson.VERSION,
        server.system().toString(),
        server.timeline().number(),
        durableLsn,
        pausedUntil,
        checkpointed,
        hazards.slots().stream()
            .map(slot -> new LogicalSlot(slot.name(), slot.database(), slot.plugin()))
            .toList(),
        hazards.prepared().stream()
            .map(
                waiting ->
                    new PreparedTransaction(
                        waiting.gid(), waiting.database(), waiting.preparedAt()))
            .toList());
  }
}
