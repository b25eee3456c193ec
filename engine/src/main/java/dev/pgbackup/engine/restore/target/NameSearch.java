package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.wal.index.BranchEvent;
import dev.pgbackup.engine.wal.index.IndexSpan;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for a restore point. Of several with one name the first is meant that a backup can be
 * replayed to.
 */
final class NameSearch {

  private static final int NAMED = 10;

  private final RecoveryTarget.NamedPoint target;
  private final List<Window> windows;

  NameSearch(RecoveryTarget.NamedPoint target, List<Window> windows) {
    this.target = target;
    this.windows = windows;
  }

  Stop find() {
    List<Stop> stops = new ArrayList<>();
    List<WalEvent.RestorePoint> others = new ArrayList<>();
    for (Window window : windows) {
      window
          .branch()
          .visit(
              span -> span.contents().contains(IndexSpan.Content.RESTORE_POINTS),
              event -> {
                collect(window, event, stops, others);
                return true;
              });
    }
    if (stops.isEmpty()) {
      throw notFound(others);
    }
    Stop first =
        stops.stream()
            .filter(stop -> stop.window().backupFor(stop.end()).isPresent())
            .findFirst()
            .orElse(stops.get(stops.size() - 1));
    if (stops.size() == 1) {
      return first;
    }
    return first.withWarning(
        "There are "
            + stops.size()
            + " restore points named \""
            + target.name()
            + "\", at "
            + String.join(", ", stops.stream().map(stop -> stop.start().toString()).toList())
            + "; the one at "
            + first.start()
            + " is used. Another one can be reached by its position, as target lsn.");
  }

  private void collect(
      Window window, BranchEvent event, List<Stop> stops, List<WalEvent.RestorePoint> others) {
    if (event.event() instanceof WalEvent.RestorePoint point) {
      if (point.name().equals(target.name())) {
        stops.add(window.at(event));
      } else {
        others.add(point);
      }
    }
  }

  private EngineException notFound(List<WalEvent.RestorePoint> others) {
    StringBuilder message =
        new StringBuilder("There is no restore point named \"")
            .append(target.name())
            .append("\" in ")
            .append(Refusals.range(windows))
            .append(". ");
    if (others.isEmpty()) {
      message.append("It has no restore point at all.");
    } else {
      message.append("The newest ones are: ");
      List<WalEvent.RestorePoint> newest =
          others.subList(Math.max(0, others.size() - NAMED), others.size());
      message
          .append(
              String.join(
                  ", ",
                  newest.stream().map(p -> "\"" + p.name() + "\" (" + p.time() + ")").toList()))
          .append(".");
    }
    return new EngineException(Reason.RestorePointNotFound, message.toString());
  }
}
