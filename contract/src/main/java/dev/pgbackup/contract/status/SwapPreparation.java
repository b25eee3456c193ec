package dev.pgbackup.contract.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code POST /prepare-swap}: everything that the server had written is durable, and
 * the agent has no session left that its shutdown would wait for.
 *
 * @param systemIdentifier of the server, a decimal number
 * @param timeline that it is on
 * @param durableLsn the position behind the last durable byte
 * @param pausedUntil scheduled backups and retention wait until then, or until {@code POST /resume}
 * @param checkpointed whether a checkpoint was made, which shortens the shutdown: a role that is no
 *     member of {@code pg_checkpoint} may not ask for one
 * @param logicalSlots that a restored directory will not have: who reads from them has to begin
 *     anew
 * @param preparedTransactions that wait for their second phase; of a restored directory those that
 *     were prepared at the target come back instead
 */
public record SwapPreparation(
    int version,
    String systemIdentifier,
    int timeline,
    @JsonProperty("durableLSN") String durableLsn,
    Instant pausedUntil,
    boolean checkpointed,
    List<LogicalSlot> logicalSlots,
    List<PreparedTransaction> preparedTransactions) {

  public SwapPreparation {
    logicalSlots = logicalSlots == null ? List.of() : List.copyOf(logicalSlots);
    preparedTransactions =
        preparedTransactions == null ? List.of() : List.copyOf(preparedTransactions);
  }

  /** A logical replication slot, as {@code pg_replication_slots} names it. */
  public record LogicalSlot(String name, @Nullable String database, @Nullable String plugin) {}

  /** A prepared transaction, as {@code pg_prepared_xacts} names it. */
  public record PreparedTransaction(String gid, String database, Instant preparedAt) {}
}
