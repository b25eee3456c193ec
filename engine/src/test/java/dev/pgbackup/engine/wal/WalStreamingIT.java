package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("W1: segment sizes from 1 to 64 MiB")
class WalStreamingIT {

  @TempDir Path directory;

  @ParameterizedTest(name = "PostgreSQL {0}, segments of {1} MiB")
  @CsvSource({"13, 1", "16, 1", "16, 16", "16, 64", "18, 16"})
  void theArchiveHasWhatTheServerWrote(int major, int segmentMiB) throws Exception {
    try (PostgresServer server =
            PostgresServer.builder(PostgresBinaries.of(major))
                .walSegmentMiB(segmentMiB)
                .setting("wal_keep_size", "4GB")
                .setting("max_wal_size", "4GB")
                .create();
        ObjectStore store = DirectoryStore.open(directory);
        ArchivedServer archived = ArchivedServer.start(server, store)) {
      server.execute("CREATE TABLE filler (id int, payload text)");
      Lsn begin = archived.flush();
      for (int i = 0; i < 10; i++) {
        server.execute(
            "INSERT INTO filler SELECT i, repeat(md5(i::text), 10)"
                + " FROM generate_series(1, 20000) i",
            "INSERT INTO filler SELECT i, string_agg(md5((i * 1000 + j)::text), '')"
                + " FROM generate_series(1, 2000) i, generate_series(1, 30) j GROUP BY i");
      }
      Lsn end = archived.flush();
      assertThat(end.minus(begin)).isGreaterThan(50L << 20);
      Lsn first = archived.archive.segmentSize().floor(begin);
      archived.requireSameAsServer(Timeline.FIRST, first, end);
      assertThat(archived.archiver.status().state()).isEqualTo(ArchivingState.Streaming);
    }
  }
}
