package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.retention.PrunePlan.BackupDecision;
import dev.pgbackup.engine.retention.PrunePlan.RemainsDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides what of an archive may go.
 *
 * <p>The recovery window counts back from now, but never from a time after the archive's last sign
 * of life: neither a clock that runs ahead nor a long silence expires anything. Nothing expires
 * either while no backup of the live branch lies within the window.
 *
 * <p>To reach every point of the window on a branch, its backups within the window are needed, and
 * the newest one before it. A branch that was abandoned within the window is treated like the live
 * one.
 */
public final class PrunePlanner {

  private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);
  private static final Duration LONG_SILENCE = Duration.ofDays(1);
  private static final Comparator<ArchivedBackup> IN_ORDER_OF_THE_LOG =
      Comparator.<ArchivedBackup, dev.pgbackup.engine.postgres.Lsn>comparing(
              backup -> backup.manifest().stopLsn())
          .thenComparing(ArchivedBackup::id);

  private final RetentionPolicy policy;

  public PrunePlanner(RetentionPolicy policy) {
    this.policy = policy;
  }

  /**
   * Plans.
   *
   * @throws EngineException {@code HostFailure}, if {@code now} lies before what the archive
   *     already holds
   */
  public PrunePlan plan(ArchiveSnapshot archive, Instant now) {
    requirePlausible(archive, now);
    List<String> notes = new ArrayList<>();
    Instant reference = reference(archive, now, notes);
    Instant cutoff = reference.minus(policy.window());
    Map<BackupId, String> kept = kept(archive, reference, cutoff, notes);

    List<BackupDecision> backups =
        archive.backups().stream()
            .sorted(Comparator.comparing(ArchivedBackup::id))
            .map(backup -> decision(archive, backup, kept, cutoff))
            .toList();
    List<RemainsDecision> remains =
        archive.remains().stream().map(folder -> decision(archive, folder, reference)).toList();
    List<BackupManifest> needed =
        Stream.concat(
                backups.stream()
                    .filter(decision -> !decision.delete() || !policy.grace().isZero())
                    .map(BackupDecision::manifest),
                archive.remains().stream()
                    .filter(folder -> isWithinGrace(folder, reference))
                    .flatMap(folder -> folder.deleted().stream()))
            .toList();
    List<Branch> branches =
        archive.branches().stream().filter(branch -> isWanted(archive, branch, cutoff)).toList();
    return new PrunePlan(
        reference,
        backups,
        remains,
        new WalFloors(archive, branches, needed, livePins(archive, reference)).decisions(),
        notes);
  }

  private static void requirePlausible(ArchiveSnapshot archive, Instant now) {
    if (now.plus(CLOCK_TOLERANCE).isBefore(archive.lastSignOfLife())) {
      throw new EngineException(
          Reason.HostFailure,
          "the clock here says "
              + now
              + ", but the archive was written to at "
              + archive.lastSignOfLife()
              + "; nothing is deleted. Set the clock (NTP), here or at the store");
    }
  }

  private static Instant reference(ArchiveSnapshot archive, Instant now, List<String> notes) {
    Instant last = archive.lastSignOfLife();
    if (now.isAfter(last.plus(LONG_SILENCE))) {
      notes.add(
          "The archive was last written to at "
              + last
              + ": the recovery window counts back from then, not from now.");
    }
    return now.isBefore(last) ? now : last;
  }

  private Map<BackupId, String> kept(
      ArchiveSnapshot archive, Instant reference, Instant cutoff, List<String> notes) {
    Map<BackupId, String> kept = new LinkedHashMap<>();
    for (Pin pin : livePins(archive, reference)) {
      pin.backups()
          .forEach(
              id -> kept.putIfAbsent(id, "pinned by " + pin.holder() + " until " + pin.until()));
    }
    List<ArchivedBackup> live = on(archive.liveBranch(), archive);
    boolean current = live.stream().anyMatch(backup -> backup.completedAt().isAfter(cutoff));
    if (!current) {
      if (!archive.backups().isEmpty()) {
        notes.add(
            "No backup of the live branch was made within the recovery window: nothing expires until there is one.");
      }
      archive
          .backups()
          .forEach(
              backup ->
                  kept.putIfAbsent(
                      backup.id(), "the live branch has no backup within the recovery window"));
      return kept;
    }
    for (Branch branch : archive.branches()) {
      if (isWanted(archive, branch, cutoff)) {
        keepWindow(
            branch, branch.timeline().equals(archive.live()), on(branch, archive), cutoff, kept);
      }
    }
    live.subList(Math.max(0, live.size() - policy.minimumBackups()), live.size())
        .forEach(
            backup ->
                kept.putIfAbsent(
                    backup.id(),
                    "one of the " + policy.minimumBackups() + " newest on the live branch"));
    return kept;
  }

  private static void keepWindow(
      Branch branch,
      boolean isLive,
      List<ArchivedBackup> backups,
      Instant cutoff,
      Map<BackupId, String> kept) {
    String where = isLive ? "" : " of timeline " + branch.timeline() + ", which was abandoned";
    int base = -1;
    for (int i = 0; i < backups.size(); i++) {
      if (!backups.get(i).completedAt().isAfter(cutoff)) {
        base = i;
      }
    }
    for (int i = 0; i < backups.size(); i++) {
      if (i == base) {
        kept.putIfAbsent(
            backups.get(i).id(), "the oldest points of the recovery window" + where + " need it");
      } else if (i > base || backups.get(i).completedAt().isAfter(cutoff)) {
        kept.putIfAbsent(backups.get(i).id(), "within the recovery window" + where);
      }
    }
  }

  private BackupDecision decision(
      ArchiveSnapshot archive, ArchivedBackup backup, Map<BackupId, String> kept, Instant cutoff) {
    Optional<String> reason = Optional.ofNullable(kept.get(backup.id()));
    if (reason.isPresent()) {
      return new BackupDecision(backup.manifest(), false, reason.get());
    }
    boolean live = archive.liveBranch().leadsThrough(backup);
    return new BackupDecision(
        backup.manifest(),
        true,
        live
            ? "older than the recovery window, which begins at " + cutoff
            : "on timeline "
                + backup.manifest().timeline()
                + ", which was abandoned before the recovery window began at "
                + cutoff);
  }

  private RemainsDecision decision(ArchiveSnapshot archive, Remains folder, Instant reference) {
    Optional<Pin> pin =
        livePins(archive, reference).stream()
            .filter(candidate -> candidate.backups().contains(folder.id()))
            .findFirst();
    if (pin.isPresent()) {
      return new RemainsDecision(folder.id(), false, "pinned by " + pin.get().holder());
    }
    String what = folder.deleted().isPresent() ? "deleted at " : "cut off, last written to at ";
    if (isWithinGrace(folder, reference)) {
      return new RemainsDecision(
          folder.id(),
          false,
          what + folder.since() + ", stays until " + folder.since().plus(policy.grace()));
    }
    return new RemainsDecision(folder.id(), true, what + folder.since());
  }

  private boolean isWithinGrace(Remains folder, Instant reference) {
    return folder.since().plus(policy.grace()).isAfter(reference);
  }

  private static boolean isWanted(ArchiveSnapshot archive, Branch branch, Instant cutoff) {
    return branch.timeline().equals(archive.live()) || branch.lastWrittenAt().isAfter(cutoff);
  }

  private static List<ArchivedBackup> on(Branch branch, ArchiveSnapshot archive) {
    return archive.backups().stream()
        .filter(branch::leadsThrough)
        .sorted(IN_ORDER_OF_THE_LOG)
        .toList();
  }

  private static List<Pin> livePins(ArchiveSnapshot archive, Instant reference) {
    return archive.pins().stream().filter(pin -> pin.until().isAfter(reference)).toList();
  }
}
