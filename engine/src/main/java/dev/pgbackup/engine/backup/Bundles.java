package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.archive.format.BackupId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The bundles to which a list of files refers, numbered in the order in which they were first
 * needed. Shared by all workers.
 */
final class Bundles {

  private final ArchiveLayout layout;
  private final BackupId backup;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> keys = new ArrayList<>();
  private int own;

  Bundles(ArchiveLayout layout, BackupId backup) {
    this.layout = layout;
    this.backup = backup;
  }

  /** A new bundle of this backup. */
  synchronized Own begin() {
    String key = layout.bundle(backup, own++);
    return new Own(key, number(relative(key)));
  }

  /**
   * A bundle of this backup.
   *
   * @param key in the store
   * @param number by which chunks refer to it
   */
  record Own(String key, int number) {}

  /** The number of a bundle of whatever backup. */
  synchronized int number(String relativeKey) {
    return numbers.computeIfAbsent(
        relativeKey,
        key -> {
          keys.add(key);
          return keys.size() - 1;
        });
  }

  synchronized List<String> keys() {
    return List.copyOf(keys);
  }

  /** Those of older backups, by backup; keys relative to the archive's folder. */
  synchronized SortedMap<BackupId, TreeSet<String>> ofOlderBackups() {
    SortedMap<BackupId, TreeSet<String>> older = new TreeMap<>();
    for (String key : keys) {
      BackupId owner = owner(key);
      if (!owner.equals(backup)) {
        older.computeIfAbsent(owner, any -> new TreeSet<>()).add(key);
      }
    }
    return older;
  }

  String relative(String key) {
    return key.substring(layout.root().length() + 1);
  }

  private BackupId owner(String relativeKey) {
    String folder = relative(layout.backups()) + "/";
    String rest = relativeKey.substring(folder.length());
    return new BackupId(rest.substring(0, rest.indexOf('/')));
  }
}
