package dev.pgbackup.scenario;

import org.jspecify.annotations.Nullable;

/**
 * What the product says about the archiving of the master.
 *
 * @param state {@code Streaming} when all is well
 * @param slot name of the replication slot
 * @param retainedBytes what the slot holds back on the master
 * @param timeline of the server that is archived
 * @param durableLsn the position behind the last byte that the store has without a hole
 * @param gaps how many holes the archived WAL has
 * @param problem the worst thing that a person should look at
 */
public record Protection(
    String state,
    @Nullable String slot,
    @Nullable Long retainedBytes,
    @Nullable Integer timeline,
    @Nullable String durableLsn,
    int gaps,
    @Nullable String problem) {

  public boolean isStreaming() {
    return state.equals("Streaming");
  }
}
