package dev.pgbackup.engine.postgres;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ancestry of a timeline, as a {@code .history} file tells it: each line names a parent, the
 * position at which its child left it, and a reason in words.
 *
 * @param timeline whose history this is
 * @param ancestors oldest first; empty for timeline 1
 */
public record TimelineHistory(Timeline timeline, List<Ancestor> ancestors) {

  /**
   * A timeline that was left.
   *
   * @param timeline the parent
   * @param switchPoint the first position that no longer belongs to it
   */
  public record Ancestor(Timeline timeline, Lsn switchPoint) {}

  /**
   * A stretch of the log on one timeline.
   *
   * @param timeline whose WAL holds it
   * @param from the first position
   * @param to the position behind the last, empty while it is the newest timeline
   */
  public record Stretch(Timeline timeline, Lsn from, Optional<Lsn> to) {

    public boolean contains(Lsn position) {
      return !position.isBefore(from) && to.map(position::isBefore).orElse(true);
    }
  }

  public TimelineHistory {
    ancestors = List.copyOf(ancestors);
    Timeline previous = null;
    for (Ancestor ancestor : ancestors) {
      if (previous != null && ancestor.timeline().compareTo(previous) <= 0) {
        throw new IllegalArgumentException("timeline ids of a history must increase");
      }
      previous = ancestor.timeline();
    }
    if (previous != null && timeline.compareTo(previous) <= 0) {
      throw new IllegalArgumentException(
          "timeline " + timeline + " cannot descend from timeline " + previous);
    }
  }

  /** The history of a timeline without ancestors. */
  public static TimelineHistory root(Timeline timeline) {
    return new TimelineHistory(timeline, List.of());
  }

  /**
   * Reads a history file by PostgreSQL's own rules (readTimeLineHistory): {@code #} begins a
   * comment, empty lines count for nothing, a line is {@code <timeline> <switch point> <reason>}.
   *
   * @throws IllegalArgumentException if a line is anything else
   */
  public static TimelineHistory parse(Timeline timeline, byte[] file) {
    List<Ancestor> ancestors = new ArrayList<>();
    for (String line : new String(file, StandardCharsets.UTF_8).split("\n", -1)) {
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      String[] fields = text.split("\\s+", 3);
      if (fields.length < 2 || !fields[0].matches("[0-9]{1,9}")) {
        throw new IllegalArgumentException(
            "\"" + text + "\" is not a line of " + timeline.historyFileName());
      }
      ancestors.add(new Ancestor(new Timeline(Integer.parseInt(fields[0])), Lsn.parse(fields[1])));
    }
    return new TimelineHistory(timeline, ancestors);
  }

  /**
   * The way from the beginning of the log to this timeline's newest end, in order and without
   * holes.
   */
  public List<Stretch> path() {
    List<Stretch> path = new ArrayList<>();
    Lsn from = Lsn.ZERO;
    for (Ancestor ancestor : ancestors) {
      path.add(new Stretch(ancestor.timeline(), from, Optional.of(ancestor.switchPoint())));
      from = ancestor.switchPoint();
    }
    path.add(new Stretch(timeline, from, Optional.empty()));
    return path;
  }

  /** The timeline on which the byte at {@code position} lies, seen from this timeline. */
  public Timeline timelineAt(Lsn position) {
    return path().stream()
        .filter(stretch -> stretch.contains(position))
        .findFirst()
        .orElseThrow()
        .timeline();
  }

  /** Where this timeline left its parent; empty for a timeline without ancestors. */
  public Optional<Lsn> begin() {
    return ancestors.isEmpty()
        ? Optional.empty()
        : Optional.of(ancestors.get(ancestors.size() - 1).switchPoint());
  }

  /** Where {@code other} was left on the way here; empty if it is not an ancestor. */
  public Optional<Lsn> switchPointOf(Timeline other) {
    return ancestors.stream()
        .filter(ancestor -> ancestor.timeline().equals(other))
        .map(Ancestor::switchPoint)
        .findFirst();
  }

  /** Whether {@code position} on timeline {@code other} lies on the way to this timeline. */
  public boolean passes(Timeline other, Lsn position) {
    return other.equals(timeline)
        || switchPointOf(other).map(end -> !position.isAfter(end)).orElse(false);
  }
}
