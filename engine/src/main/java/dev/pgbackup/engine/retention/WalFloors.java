package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory.Stretch;
import dev.pgbackup.engine.retention.PrunePlan.WalDecision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The oldest WAL that is needed of each timeline: a backup needs it from its start on, on its own
 * timeline and on each one that a branch reaches from there.
 */
final class WalFloors {

  private record Need(Lsn from, String reason) {}

  private final ArchiveSnapshot archive;
  private final List<Branch> branches;
  private final List<BackupManifest> backups;
  private final Map<Timeline, Need> needs = new HashMap<>();

  /**
   * @param branches of which points must be reachable
   * @param backups from which they may be reached
   */
  WalFloors(
      ArchiveSnapshot archive,
      List<Branch> branches,
      List<BackupManifest> backups,
      List<Pin> pins) {
    this.archive = archive;
    this.branches = branches;
    this.backups = backups;
    backups.forEach(
        backup ->
            need(
                backup.timeline(),
                backup.startLsn(),
                backup.stopLsn(),
                "backup " + backup.backupId() + " needs it"));
    for (Pin pin : pins) {
      if (pin.timeline() != null && pin.walFrom() != null) {
        needPinned(pin.timeline(), pin.walFrom(), "pinned by " + pin.holder());
      }
    }
  }

  List<WalDecision> decisions() {
    List<WalDecision> decisions = new ArrayList<>();
    for (Branch branch : archive.branches()) {
      Timeline timeline = branch.timeline();
      Need need = needs.get(timeline);
      if (backups.isEmpty()) {
        decisions.add(keepAll(timeline, "there is no backup yet"));
      } else if (need != null) {
        decisions.add(new WalDecision(timeline, Optional.of(need.from()), need.reason()));
      } else if (branches.contains(branch)) {
        decisions.add(keepAll(timeline, "written to within the recovery window"));
      } else {
        decisions.add(
            new WalDecision(timeline, Optional.empty(), "no backup that is kept leads to it"));
      }
    }
    return decisions;
  }

  private static WalDecision keepAll(Timeline timeline, String reason) {
    return new WalDecision(timeline, Optional.of(Lsn.ZERO), reason);
  }

  private void need(Timeline timeline, Lsn from, Lsn passing, String reason) {
    lower(timeline, from, reason);
    for (Branch branch : branches) {
      if (branch.history().passes(timeline, passing)) {
        branch.history().path().stream()
            .map(Stretch::timeline)
            .filter(later -> later.compareTo(timeline) > 0)
            .forEach(later -> lower(later, Lsn.ZERO, reason));
      }
    }
  }

  /** A pin names the timeline to which it leads, so those before it count as well. */
  private void needPinned(Timeline timeline, Lsn from, String reason) {
    need(timeline, from, from, reason);
    archive.branches().stream()
        .filter(branch -> branch.timeline().equals(timeline))
        .flatMap(branch -> branch.history().path().stream())
        .filter(stretch -> stretch.to().map(from::isBefore).orElse(true))
        .forEach(stretch -> lower(stretch.timeline(), Lsn.max(from, stretch.from()), reason));
  }

  private void lower(Timeline timeline, Lsn from, String reason) {
    Need known = needs.get(timeline);
    if (known == null || from.isBefore(known.from())) {
      needs.put(timeline, new Need(from, reason));
    }
  }
}
