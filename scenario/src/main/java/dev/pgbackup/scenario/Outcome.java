package dev.pgbackup.scenario;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the scenario ended.
 *
 * @param rows a verdict for each
 * @param failure what ended it early
 */
public record Outcome(Map<Row, Verdict> rows, @Nullable Exception failure) {

  public boolean succeeded() {
    return failure == null && passed() == rows.size();
  }

  public long passed() {
    return rows.values().stream().filter(Verdict.PASSED::equals).count();
  }
}
