package dev.pgbackup.scenario;

import java.util.List;

/**
 * What a restore would do.
 *
 * @param targetLsn the position behind the last record that is replayed
 * @param timelines that are replayed, in order
 */
public record Plan(String targetLsn, List<Integer> timelines) {

  public Plan {
    timelines = List.copyOf(timelines);
  }
}
