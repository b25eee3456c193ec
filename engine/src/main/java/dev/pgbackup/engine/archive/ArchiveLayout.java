package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;

/**
 * The keys of an archive's objects: the one place that knows them. See {@code
 * docs/archive-format.md}.
 *
 * @param id the archive, whose name is the first part of every key
 */
public record ArchiveLayout(ArchiveId id) {

  public static final String IDENTITY = "archive.json";

  public String root() {
    return id.toString();
  }

  public String identity() {
    return root() + "/" + IDENTITY;
  }

  public String owner() {
    return root() + "/owner.json";
  }

  public String timelineClaims() {
    return root() + "/timelines";
  }

  public String timelineClaim(Timeline timeline) {
    return timelineClaims() + "/" + timeline.toHex();
  }

  public String wal() {
    return root() + "/wal";
  }

  public String history(Timeline timeline) {
    return wal() + "/" + timeline.historyFileName();
  }

  public String wal(Timeline timeline) {
    return wal() + "/" + timeline.toHex();
  }

  /** A sealed segment. */
  public String segment(WalSegment segment) {
    return wal(segment.timeline()) + "/" + segment.logHex() + "/" + segment.fileName();
  }

  /** The folder of a growing segment's tails. */
  public String tails(WalSegment segment) {
    return segment(segment) + ".tail";
  }

  /** The bytes {@code [from, to)} of a growing segment. */
  public String tail(WalSegment segment, Lsn from, Lsn to) {
    return tails(segment) + "/" + span(from, to);
  }

  /** The folder of what is known to be missing from a timeline. */
  public String gaps(Timeline timeline) {
    return root() + "/gaps/" + timeline.toHex();
  }

  public String gap(Timeline timeline, Lsn from, Lsn to) {
    return gaps(timeline) + "/" + span(from, to);
  }

  /** The folder of a timeline's commit index. */
  public String index(Timeline timeline) {
    return root() + "/index/" + timeline.toHex();
  }

  /** The commit index of {@code [from, to)}, in the folder of the 4 GiB that holds {@code from}. */
  public String index(Timeline timeline, Lsn from, Lsn to) {
    return index(timeline) + String.format("/%08X/", from.value() >>> 32) + span(from, to);
  }

  public String backups() {
    return root() + "/base";
  }

  public String backup(BackupId backup) {
    return backups() + "/" + backup;
  }

  public String manifest(BackupId backup) {
    return backup(backup) + "/manifest";
  }

  /** Written before the manifest is deleted; the last of a deleted backup to go. */
  public String tombstone(BackupId backup) {
    return backup(backup) + "/deleted";
  }

  public String files(BackupId backup) {
    return backup(backup) + "/files";
  }

  /** The folder of a backup's bundles. */
  public String bundles(BackupId backup) {
    return backup(backup) + "/data";
  }

  public String bundle(BackupId backup, int number) {
    return bundles(backup) + String.format("/%08d", number);
  }

  public String pins() {
    return root() + "/pins";
  }

  public String pin(String pinId) {
    return pins() + "/" + pinId;
  }

  private static String span(Lsn from, Lsn to) {
    return from.toSortableString() + "-" + to.toSortableString();
  }
}
