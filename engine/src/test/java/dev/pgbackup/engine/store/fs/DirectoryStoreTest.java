package dev.pgbackup.engine.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectStoreContract;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends ObjectStoreContract {

  @TempDir Path folder;

  @Override
  protected ObjectStore openEmpty() {
    return DirectoryStore.open(folder.resolve("archive"));
  }

  @Test
  void an_object_is_a_plain_file() {
    put("wal/1/2", "hello");

    assertThat(folder.resolve("archive/wal/1/2")).hasContent("hello");
  }

  @Test
  void a_copy_of_the_directory_is_the_same_store() throws IOException {
    put("wal/1/2", "hello");

    copy(folder.resolve("archive"), folder.resolve("copy"));

    try (ObjectStore copy = DirectoryStore.open(folder.resolve("copy"))) {
      assertThat(Content.text(copy, "wal/1/2")).isEqualTo("hello");
      assertThat(copy.head("wal/1/2").orElseThrow().attributes().get("kind")).contains("test");
    }
  }

  @Test
  void versions_of_the_same_size_differ_even_if_the_clock_stands_still_or_goes_back() {
    Clock still = Clock.fixed(Instant.ofEpochSecond(1000), ZoneOffset.UTC);
    try (ObjectStore frozen = DirectoryStore.open(folder.resolve("frozen"), still)) {
      PutOptions always = PutOptions.when(PutCondition.always());
      ObjectInfo a = frozen.put("a", Content.of("1"), ObjectAttributes.NONE, always);
      ObjectInfo b = frozen.put("a", Content.of("2"), ObjectAttributes.NONE, always);

      assertThat(b.etag()).isNotEqualTo(a.etag());
      assertThat(b.lastModified()).isAfter(a.lastModified());
    }
  }

  @Test
  void its_own_folder_is_no_part_of_the_name_space() {
    put("a", "x");

    assertThat(store.list("", "").map(ObjectInfo::key)).containsExactly("a");
    assertThat(store.list(".pgbackup/", "")).isEmpty();
    assertThat(store.listFolders("")).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> store.head(".pgbackup/lock"));
  }

  @Test
  void nothing_but_the_objects_files_is_left() throws IOException {
    put("wal/1/2", "x");
    store.delete(List.of("wal/1/2"));

    try (Stream<Path> files = Files.walk(folder.resolve("archive"))) {
      assertThat(files.filter(Files::isRegularFile))
          .containsExactly(folder.resolve("archive/.pgbackup/lock"));
    }
    assertThat(folder.resolve("archive/wal")).doesNotExist();
  }

  @Test
  void a_directory_on_a_disk_that_is_not_mounted_is_not_made() {
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> DirectoryStore.open(folder.resolve("mnt/archive")))
        .withMessageContaining("is the disk mounted?")
        .satisfies(failure -> assertThat(failure.reason()).isEqualTo(Reason.ConfigurationInvalid));
    assertThat(folder.resolve("mnt")).doesNotExist();
  }

  @Test
  void a_file_is_no_archive_directory() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> DirectoryStore.open(file))
        .withMessageContaining("name a directory");
  }

  private void put(String key, String text) {
    store.put(key, Content.of(text), ObjectAttributes.NONE.with("kind", "test"), PutOptions.CREATE);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
