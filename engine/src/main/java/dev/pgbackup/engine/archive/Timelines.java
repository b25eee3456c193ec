package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.TimelineClaim;
import dev.pgbackup.engine.archive.format.TimelineClaim.Purpose;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.store.ObjectInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The timelines of an archive: their ancestry, and which numbers are taken. */
public final class Timelines {

  private final Archive archive;

  Timelines(Archive archive) {
    this.archive = archive;
  }

  /** A history file as PostgreSQL wrote it; empty if the archive has none. */
  public Optional<byte[]> historyFile(Timeline timeline) {
    return SmallObjects.read(archive.store(), archive.layout().history(timeline));
  }

  /**
   * The ancestry of a timeline; empty if the archive does not know it. Timeline 1 is its own root.
   *
   * @throws EngineException with {@code ArchiveDamaged} if the file is none of a timeline's history
   */
  public Optional<TimelineHistory> history(Timeline timeline) {
    if (timeline.equals(Timeline.FIRST)) {
      return Optional.of(TimelineHistory.root(timeline));
    }
    return historyFile(timeline).map(file -> parse(timeline, file));
  }

  /**
   * Keeps a timeline's history file, verbatim and once.
   *
   * @throws EngineException with {@code DivergentWal} if the archive has another one for that
   *     number
   */
  public void putHistory(Timeline timeline, byte[] file) {
    parse(timeline, file);
    if (SmallObjects.create(archive.store(), archive.layout().history(timeline), file)) {
      return;
    }
    Optional<byte[]> there = historyFile(timeline);
    if (there.isPresent() && !Arrays.equals(there.get(), file)) {
      throw new EngineException(
          Reason.DivergentWal,
          "The archive knows another history of timeline "
              + timeline
              + " than the server has: two different servers promoted to the same number. "
              + "Archiving stops, nothing is overwritten. Begin a new lineage for this server.");
    }
  }

  /**
   * The timeline on which the server was last seen; where no writer has noted one, that of the
   * newest backup. Empty for an archive that has neither.
   */
  public Optional<Timeline> live() {
    return Ownership.read(archive)
        .flatMap(owner -> Optional.ofNullable(owner.timeline()))
        .or(() -> archive.catalog().newestFirst().findFirst().map(BackupManifest::timeline));
  }

  /** The timelines that have WAL in the archive, in order. */
  public SortedSet<Timeline> withWal() {
    SortedSet<Timeline> timelines = new TreeSet<>();
    archive.store().listFolders(archive.layout().wal()).stream()
        .map(Timeline::parseHex)
        .forEach(timelines::add);
    return timelines;
  }

  /** The numbers of all timelines that the archive has a history or a claim of, and timeline 1. */
  public SortedSet<Timeline> known() {
    SortedSet<Timeline> known = new TreeSet<>(List.of(Timeline.FIRST));
    known.addAll(claimed());
    known.addAll(withWal());
    for (Timeline timeline : List.copyOf(known)) {
      history(timeline)
          .ifPresent(h -> h.ancestors().forEach(ancestor -> known.add(ancestor.timeline())));
    }
    return known;
  }

  /** The numbers that are claimed. */
  public SortedSet<Timeline> claimed() {
    String folder = archive.layout().timelineClaims() + "/";
    SortedSet<Timeline> claimed = new TreeSet<>();
    archive
        .store()
        .list(folder, "")
        .map(ObjectInfo::key)
        .map(key -> Timeline.parseHex(key.substring(folder.length())))
        .forEach(claimed::add);
    return claimed;
  }

  public Optional<TimelineClaim> claim(Timeline timeline) {
    String key = archive.layout().timelineClaim(timeline);
    return SmallObjects.read(archive.store(), key)
        .map(json -> Documents.read(json, TimelineClaim.class, key));
  }

  /**
   * Claims one number.
   *
   * @return whose it is now: the claim given, or an earlier one
   */
  public TimelineClaim claim(TimelineClaim wanted) {
    String key = archive.layout().timelineClaim(wanted.timeline());
    if (SmallObjects.create(archive.store(), key, Documents.write(wanted))) {
      return wanted;
    }
    return claim(wanted.timeline()).orElse(wanted);
  }

  /**
   * Claims the first free number, or finds the claim that the same claimant made earlier.
   *
   * @param claimant unique to what promotes
   * @param parent the timeline that is left; the number is above it
   */
  public TimelineClaim claimNext(
      String claimant, Purpose purpose, Timeline parent, @Nullable Lsn switchPoint) {
    SortedSet<Timeline> taken = known();
    for (Timeline timeline : taken) {
      Optional<TimelineClaim> earlier = claim(timeline);
      if (earlier.isPresent() && earlier.get().claimant().equals(claimant)) {
        return earlier.get();
      }
    }
    int number = Math.max(parent.number(), taken.last().number()) + 1;
    while (true) {
      TimelineClaim wanted =
          new TimelineClaim(
              FormatVersion.CURRENT,
              new Timeline(number),
              claimant,
              purpose,
              parent,
              switchPoint,
              Instant.now().truncatedTo(ChronoUnit.MILLIS));
      if (claim(wanted).claimant().equals(claimant)) {
        return wanted;
      }
      number++;
    }
  }

  /**
   * Notes that a server was found on a timeline, so that its number is never given away.
   *
   * @throws EngineException with {@code SecondWriter} if the number belongs to a copy that must not
   *     write here
   */
  public void serverSeen(TimelineHistory history, String server) {
    Timeline timeline = history.timeline();
    int parents = history.ancestors().size();
    TimelineClaim claim =
        claim(
            new TimelineClaim(
                FormatVersion.CURRENT,
                timeline,
                server,
                Purpose.Server,
                parents == 0 ? null : history.ancestors().get(parents - 1).timeline(),
                history.begin().orElse(null),
                Instant.now().truncatedTo(ChronoUnit.MILLIS)));
    if (claim.purpose() == Purpose.Clone) {
      throw new EngineException(
          Reason.SecondWriter,
          "Timeline "
              + timeline
              + " belongs to the copy "
              + claim.claimant()
              + ", which must not write to the archive of its original. "
              + "Begin a new lineage to archive the copy.");
    }
  }

  private TimelineHistory parse(Timeline timeline, byte[] file) {
    try {
      return TimelineHistory.parse(timeline, file);
    } catch (IllegalArgumentException e) {
      throw new EngineException(
          Reason.ArchiveDamaged,
          timeline.historyFileName() + " is not a history file: " + e.getMessage() + ".",
          e);
    }
  }
}
