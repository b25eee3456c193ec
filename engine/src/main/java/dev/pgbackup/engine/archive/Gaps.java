package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.postgres.Timeline;
import java.util.ArrayList;
import java.util.List;

/** What is known to be missing from an archive's WAL. A restore never crosses it. */
public final class Gaps {

  private final Archive archive;

  Gaps(Archive archive) {
    this.archive = archive;
  }

  /** The gaps of a timeline, in order. */
  public List<Gap> of(Timeline timeline) {
    List<Gap> gaps = new ArrayList<>();
    archive
        .store()
        .list(archive.layout().gaps(timeline) + "/", "")
        .forEach(
            object ->
                SmallObjects.read(archive.store(), object.key())
                    .map(json -> Documents.read(json, Gap.class, object.key()))
                    .ifPresent(gaps::add));
    return gaps;
  }

  /** Writes down a gap; one that is recorded already stays as it is. */
  public void record(Gap gap) {
    SmallObjects.create(
        archive.store(),
        archive.layout().gap(gap.timeline(), gap.from(), gap.to()),
        Documents.write(gap));
  }
}
