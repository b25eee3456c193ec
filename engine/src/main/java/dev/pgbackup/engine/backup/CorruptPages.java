package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.BackupManifest.CorruptPage;
import dev.pgbackup.engine.archive.format.BackupManifest.Corruption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages whose checksums were wrong, found by any worker. */
final class CorruptPages {

  private static final Logger LOG = LoggerFactory.getLogger(CorruptPages.class);

  private final List<CorruptPage> first = new ArrayList<>();
  private long pages;

  synchronized void add(SourceFile file, long block) {
    pages++;
    if (first.size() < Corruption.MOST_NAMED) {
      first.add(new CorruptPage(file.path(), block));
      LOG.warn(
          "Page {} of {} is corrupt on the server: its checksum is wrong, also after it was read again."
              + " The backup goes on and keeps it as it is. Find out what it belongs to"
              + " (pg_filenode_relation), and why (disk, memory).",
          block,
          file.path());
    }
  }

  synchronized long count() {
    return pages;
  }

  synchronized Optional<Corruption> found() {
    List<CorruptPage> sorted = new ArrayList<>(first);
    sorted.sort(Comparator.comparing(CorruptPage::path).thenComparingLong(CorruptPage::block));
    return pages == 0 ? Optional.empty() : Optional.of(new Corruption(pages, sorted));
  }
}
