package dev.pgbackup.operator.swap.model;

import dev.pgbackup.contract.status.SwapPreparation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a database has that its restored volume has not, since it is no matter of rows: logical
 * replication slots are not restored, and prepared transactions come back as they were at the
 * target. An undo brings back both.
 */
public final class Losses {

  private Losses() {}

  /** In sentences; none if there is nothing to lose. */
  public static List<String> of(SwapPreparation prepared) {
    List<String> losses = new ArrayList<>();
    if (!prepared.logicalSlots().isEmpty()) {
      losses.add(
          "The restored database has no logical replication slots; these are on the old volume: "
              + names(prepared.logicalSlots(), SwapPreparation.LogicalSlot::name)
              + ". Who reads from them has to begin anew.");
    }
    if (!prepared.preparedTransactions().isEmpty()) {
      losses.add(
          "Transactions that were prepared and wait for their second phase are on the old volume: "
              + names(prepared.preparedTransactions(), SwapPreparation.PreparedTransaction::gid)
              + ". In the restored database they are as they were at the target.");
    }
    return List.copyOf(losses);
  }

  private static <T> String names(List<T> all, Function<T, String> name) {
    return all.stream().map(name).collect(Collectors.joining(", "));
  }
}
