package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.verify.Finding.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What was found so far: of one object, one finding of each kind. */
final class Findings {

  private record Subject(String key, Problem problem) {}

  private static final class Entry {
    private final String detail;
    private final Set<BackupId> backups = new TreeSet<>();
    private int times;

    Entry(String detail) {
      this.detail = detail;
    }
  }

  private final Map<Subject, Entry> entries = new LinkedHashMap<>();

  /** The first detail of an object is kept; what follows is counted. */
  void add(String key, Problem problem, String detail, Collection<BackupId> backups) {
    Entry entry = entries.computeIfAbsent(new Subject(key, problem), any -> new Entry(detail));
    entry.backups.addAll(backups);
    entry.times++;
  }

  List<Finding> toList() {
    List<Finding> findings = new ArrayList<>();
    entries.forEach(
        (subject, entry) ->
            findings.add(
                new Finding(
                    subject.key(),
                    subject.problem(),
                    entry.times == 1
                        ? entry.detail
                        : entry.detail + " (and " + (entry.times - 1) + " more places)",
                    entry.backups)));
    return findings;
  }
}
