package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.archive.Timelines;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.plan.WalPath;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a replaying server is told of the histories of timelines.
 *
 * <p>A promotion takes the first number for which there is no history: so every number below the
 * claimed one has one, be it made up, and the claimed one has none.
 */
public final class HistoryAnswers {

  private static final byte[] TAKEN =
      "1\t0/0\tthis number is taken\n".getBytes(StandardCharsets.UTF_8);

  private final Timelines timelines;
  private final WalPath path;
  private final @Nullable Timeline claimed;

  /**
   * @param claimed the number that the promotion is to take; null if there will be none
   */
  public HistoryAnswers(Timelines timelines, WalPath path, @Nullable Timeline claimed) {
    this.timelines = timelines;
    this.path = path;
    this.claimed = claimed;
  }

  /**
   * The content of a history file; empty if the server is to find none.
   *
   * @throws EngineException {@code ArchiveDamaged} if it lacks one that the server needs
   */
  Optional<byte[]> of(Timeline timeline) {
    if (timeline.equals(Timeline.FIRST)) {
      return Optional.empty();
    }
    if (path.passes(timeline)) {
      return Optional.of(
          timelines
              .historyFile(timeline)
              .orElseThrow(
                  () ->
                      new EngineException(
                          Reason.ArchiveDamaged,
                          "The archive no longer has "
                              + timeline.historyFileName()
                              + ", without which recovery cannot go on. Bring it back from the server's pg_wal"
                              + " or from an older version of the object.")));
    }
    boolean taken = claimed == null || timeline.compareTo(claimed) < 0;
    return taken ? Optional.of(TAKEN) : Optional.empty();
  }
}
