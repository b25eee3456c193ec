package dev.pgbackup.contract.report;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code pgbackup find -o json}: events of the WAL, in its order.
 *
 * @param complete false if there are more that fit than were asked for
 */
public record FindDocument(
    int version, String archiveId, int timeline, boolean complete, List<Event> events) {

  /**
   * An event.
   *
   * @param match whether it is what was looked for, rather than a neighbour of it
   * @param kind {@code Commit}, {@code Abort}, {@code Prepare}, {@code RestorePoint}, {@code
   *     DatabaseDrop}
   * @param timeline on which it lies
   * @param lsn the start of its record
   * @param xid with its epoch
   * @param subtransactions ids of the subtransactions that ended with it
   * @param name of a restore point or of a prepared transaction
   * @param database oid of a database that was dropped
   * @param droppedFiles files that were deleted with it, {@code tablespace/database/file}
   * @param exclusiveTarget the target of a restore that stops just before it, as options of the
   *     command line
   */
  public record Event(
      boolean match,
      String kind,
      int timeline,
      String lsn,
      @Nullable String xid,
      @Nullable Instant time,
      List<String> subtransactions,
      @Nullable String name,
      @Nullable Long database,
      List<String> droppedFiles,
      @Nullable String exclusiveTarget) {

    public Event {
      subtransactions = subtransactions == null ? List.of() : List.copyOf(subtransactions);
      droppedFiles = droppedFiles == null ? List.of() : List.copyOf(droppedFiles);
    }
  }

  public FindDocument {
    events = events == null ? List.of() : List.copyOf(events);
  }
}
