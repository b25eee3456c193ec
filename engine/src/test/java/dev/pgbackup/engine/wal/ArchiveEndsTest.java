package dev.pgbackup.engine.wal;

import static dev.pgbackup.engine.archive.ArchiveBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.ArchiveBuilder;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("How far an archive goes")
class ArchiveEndsTest {

  private static final Timeline ONE = Timeline.FIRST;

  private @TempDir Path directory;
  private ArchiveBuilder builder;

  @BeforeEach
  void begin() {
    builder = new ArchiveBuilder(DirectoryStore.open(directory), Clock.systemUTC());
  }

  @Test
  @DisplayName("is nowhere without WAL")
  void empty() {
    assertThat(end()).isEmpty();
  }

  @Test
  @DisplayName("is behind the last byte without a hole, whatever was uploaded behind a hole")
  void hole() {
    builder.wal(ONE, 5, 8).wal(ONE, 9, 11).live(ONE, segment(7));

    assertThat(end()).hasValue(segment(8));
  }

  @Test
  @DisplayName("is the same when its owner noted nothing newer than its begin")
  void oldNote() {
    builder.wal(ONE, 5, 8).tail(ONE, 8, 0, 100).live(ONE, segment(5));

    assertThat(end()).hasValue(segment(8).plus(100));
  }

  @Test
  @DisplayName("is where its owner noted it, if what comes next is missing")
  void holeAtNote() {
    builder.wal(ONE, 5, 8).wal(ONE, 9, 11).live(ONE, segment(8));

    assertThat(end()).hasValue(segment(8));
  }

  @Test
  @DisplayName("R1 is no hole because retention has deleted what its owner noted last")
  void pruned() {
    builder.wal(ONE, 7, 9).live(ONE, segment(5));

    assertThat(end()).hasValue(segment(9));
  }

  private Optional<Lsn> end() {
    return new ArchiveEnds(builder.archive()).of(ONE);
  }
}
