package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveBuilder;
import dev.pgbackup.engine.archive.content.BundleWriter;
import dev.pgbackup.engine.archive.content.ChunkCodec;
import dev.pgbackup.engine.archive.content.ChunkHash;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("B6: chunks of backups that were cut off are found by their hashes")
class CutOffChunksTest {

  private static final BackupId BACKUP = new BackupId("20261122T140307Z-3fa9");

  @TempDir private Path folder;
  private Archive archive;
  private final ChunkCodec codec = new ChunkCodec();

  @BeforeEach
  void open() {
    archive = new ArchiveBuilder(DirectoryStore.open(folder), Clock.systemUTC()).archive();
  }

  @Test
  void every_chunk_of_every_bundle_and_no_other() {
    List<Chunk> written = new ArrayList<>();
    for (int bundle = 0; bundle < 20; bundle++) {
      written.addAll(bundle(bundle, 200));
    }

    CutOffChunks chunks = CutOffChunks.load(archive, List.of(BACKUP));

    assertThat(chunks.size()).isEqualTo(4000);
    for (int i = 0; i < written.size(); i++) {
      Chunk chunk = written.get(i);
      assertThat(chunks.find(hash(i), 100))
          .hasValueSatisfying(
              found -> {
                assertThat(found.bundle())
                    .isEqualTo("base/" + BACKUP + String.format("/data/%08d", chunk.b()));
                assertThat(found.entry().offset()).isEqualTo(chunk.o());
                assertThat(found.entry().size()).isEqualTo(chunk.s());
              });
      assertThat(chunks.find(hash(i), 99)).isEmpty();
    }
    assertThat(chunks.find(hash(4000), 100)).isEmpty();
  }

  @Test
  void a_bundle_that_is_damaged_or_has_no_directory_is_passed_over() {
    bundle(0, 10);
    archive
        .store()
        .put(
            archive.layout().bundle(BACKUP, 1),
            Content.of("this is not a bundle at all"),
            ObjectAttributes.NONE,
            PutOptions.CREATE);
    bundle(2, 10);

    assertThat(CutOffChunks.load(archive, List.of(BACKUP)).size()).isEqualTo(20);
  }

  @Test
  void no_more_are_held_than_there_is_room_for() {
    bundle(0, 100);
    bundle(1, 100);

    CutOffChunks chunks = CutOffChunks.load(archive, List.of(BACKUP), 150);

    assertThat(chunks.size()).isEqualTo(150);
    assertThat(chunks.find(hash(149), 100)).isPresent();
    assertThat(chunks.find(hash(150), 100)).isEmpty();
  }

  private List<Chunk> bundle(int number, int count) {
    List<Chunk> written = new ArrayList<>();
    try (BundleWriter writer =
        new BundleWriter(archive.store(), archive.layout().bundle(BACKUP, number))) {
      for (int i = 0; i < count; i++) {
        byte[] plain = plain(number * count + i);
        written.add(
            writer.add(
                codec.hash(plain, plain.length),
                plain.length,
                codec.encode(plain, plain.length),
                number));
      }
      writer.commit();
    }
    return written;
  }

  private ChunkHash hash(int number) {
    return codec.hash(plain(number), 100);
  }

  private static byte[] plain(int number) {
    return ByteBuffer.allocate(100).putInt(number).array();
  }
}
