package dev.pgbackup.engine.archive.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveBuilder;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.FileList;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.archive.format.FileEntry.Kind;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A list of files is written and read in order of the paths")
class FileListTest {

  @TempDir private Path folder;
  @TempDir private Path temporary;
  private Archive archive;
  private BackupManifest backup;

  @BeforeEach
  void build() {
    ArchiveBuilder builder =
        new ArchiveBuilder(DirectoryStore.open(folder), Clock.systemUTC())
            .wal(Timeline.FIRST, 1, 3);
    archive = builder.archive();
    backup = builder.backup(Timeline.FIRST, 1, 2, null);
    archive.store().delete(List.of(archive.layout().files(backup.backupId())));
  }

  @Test
  void a_place_that_was_left_is_filled_later() {
    List<FileEntry> entries = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      entries.add(file(String.format("base/%06d", i)));
    }
    FileEntry control = file("global/pg_control");
    FileEntry last = file("pg_xact/0000");
    FileList list;
    try (FileListWriter writer = new FileListWriter(temporary)) {
      entries.forEach(writer::add);
      writer.leavePlace(control.path());
      writer.add(last);
      writer.fill(control);
      list = publish(writer);
    }
    entries.add(control);
    entries.add(last);

    assertThat(read(list)).isEqualTo(entries);
    assertThat(list.entries()).isEqualTo(entries.size());
  }

  @Test
  void the_object_is_lines_in_frames_of_zstd() {
    FileList list;
    try (FileListWriter writer = new FileListWriter(temporary)) {
      writer.add(new FileEntry("base", Kind.Directory, 0, List.of()));
      writer.add(new FileEntry("base/1", Kind.File, 7, List.of(Chunk.zeros(7))));
      list = publish(writer);
    }

    byte[] stored =
        Content.read(archive.store(), archive.layout().files(backup.backupId()), ByteRange.ALL);
    assertThat(stored).hasSize((int) list.storedSize());
    assertThat(new String(Zstd.decompress(stored, 10_000), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"path\":\"base\",\"kind\":\"Directory\",\"size\":0,\"chunks\":[]}\n"
                + "{\"path\":\"base/1\",\"kind\":\"File\",\"size\":7,\"chunks\":"
                + "[{\"n\":7,\"h\":\"\",\"b\":-1,\"o\":0,\"s\":0,\"e\":\"Raw\"}]}\n");
  }

  @Test
  void an_empty_list_is_one_too() {
    try (FileListWriter writer = new FileListWriter(temporary)) {
      assertThat(read(publish(writer))).isEmpty();
    }
  }

  @Test
  void nothing_is_left_in_the_temporary_folder_even_while_writing() throws IOException {
    try (FileListWriter writer = new FileListWriter(temporary);
        Stream<Path> left = Files.list(temporary)) {
      writer.add(file("base/1"));
      assertThat(left).isEmpty();
    }
  }

  @Test
  void a_path_out_of_order_is_a_mistake_of_the_writer() {
    try (FileListWriter writer = new FileListWriter(temporary)) {
      writer.add(file("base/2"));
      assertThatThrownBy(() -> writer.add(file("base/1")))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.add(file("base/2")))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void a_path_that_leads_out_of_the_directory_is_damage() {
    for (String path : List.of("../evil", "/etc/passwd", "base/../../evil", "base//1", ".")) {
      FileList list;
      try (FileListWriter writer = new FileListWriter(temporary)) {
        writer.add(file(path));
        list = publish(writer);
      }
      assertThatThrownBy(() -> read(list))
          .as(path)
          .isInstanceOfSatisfying(
              EngineException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.ArchiveDamaged));
      archive.store().delete(List.of(archive.layout().files(backup.backupId())));
    }
  }

  @Test
  void a_file_with_a_hole_is_damage() {
    FileList list;
    try (FileListWriter writer = new FileListWriter(temporary)) {
      writer.add(new FileEntry("base/1", Kind.File, 14, List.of(Chunk.zeros(7), Chunk.zeros(7))));
      list = publish(writer);
    }

    assertThatThrownBy(() -> read(list))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("base/1");
  }

  private static FileEntry file(String path) {
    return new FileEntry(path, Kind.File, 7, List.of(Chunk.zeros(7)));
  }

  private FileList publish(FileListWriter writer) {
    return writer.publish(
        archive.store(), archive.layout().files(backup.backupId()), backup.files().bundles());
  }

  private List<FileEntry> read(FileList list) {
    List<FileEntry> entries = new ArrayList<>();
    FileListReader.read(archive, withList(list), entries::add);
    return entries;
  }

  private BackupManifest withList(FileList list) {
    return new BackupManifest(
        backup.formatVersion(),
        backup.backupId(),
        backup.archiveId(),
        backup.origin(),
        backup.timeline(),
        backup.startLsn(),
        backup.checkpointLsn(),
        backup.stopLsn(),
        backup.nextXidAtStart(),
        backup.nextXidAtStop(),
        backup.startedAt(),
        backup.stoppedAt(),
        backup.publishedAt(),
        backup.backupLabel(),
        backup.tablespaceMap(),
        backup.tablespaces(),
        backup.server(),
        list,
        backup.totals(),
        null,
        backup.references(),
        backup.writer());
  }
}
