package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Instant;
import java.util.List;

/**
 * What an archive holds, as far as it matters for what may go.
 *
 * @param live the timeline on which the server was last seen
 * @param branches every timeline that has WAL or backups, the live one among them
 * @param backups all published ones
 * @param remains folders of backups without a manifest
 * @param pins all, expired ones too
 * @param lastSignOfLife when the archive was last written to, by the store's clock
 */
public record ArchiveSnapshot(
    Timeline live,
    List<Branch> branches,
    List<ArchivedBackup> backups,
    List<Remains> remains,
    List<Pin> pins,
    Instant lastSignOfLife) {

  public ArchiveSnapshot {
    branches = List.copyOf(branches);
    backups = List.copyOf(backups);
    remains = List.copyOf(remains);
    pins = List.copyOf(pins);
    if (branches.stream().noneMatch(branch -> branch.timeline().equals(live))) {
      throw new IllegalArgumentException("timeline " + live + " is live but no branch");
    }
  }

  Branch liveBranch() {
    return branches.stream()
        .filter(branch -> branch.timeline().equals(live))
        .findFirst()
        .orElseThrow();
  }
}
