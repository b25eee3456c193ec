package dev.pgbackup.engine.restore.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A base backup is restored into a directory")
class BaseRestoreTest {

  private static final long SYSTEM = 7312345678901234567L;

  private @TempDir Path temporary;
  private Path bucket;
  private Path directory;
  private Archive archive;
  private BackupOfFiles backup;

  @BeforeEach
  void begin() {
    bucket = temporary.resolve("bucket");
    directory = temporary.resolve("data");
    archive =
        Archive.openOrCreate(
            DirectoryStore.open(bucket),
            new SystemIdentifier(SYSTEM),
            16,
            new WalSegmentSize(1 << 20),
            1);
    backup = new BackupOfFiles(archive);
  }

  private static byte[] random(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private BaseRestore restore(BackupManifest manifest, BaseSettings settings) {
    return new BaseRestore(archive, manifest, directory, settings, progress -> {});
  }

  private BaseProgress run(BackupManifest manifest, BaseSettings settings) {
    BaseRestore restore = restore(manifest, settings);
    restore.check(false);
    return restore.run();
  }

  private BaseProgress run() {
    return run(backup.publish(temporary), BaseSettings.DEFAULT);
  }

  private BaseProgress runDelta() {
    return run(backup.publish(temporary), BaseSettings.DEFAULT.withDelta());
  }

  private static void assertRefused(Runnable action, Reason reason, String... words) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words);
  }

  /** Paths of what lies below a folder, links not followed. */
  private static List<String> tree(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> !path.equals(folder))
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  private static final List<String> SKELETON =
      List.of(
          "PG_VERSION",
          "backup_label",
          "global",
          "global/pg_control",
          "pg_tblspc",
          "pg_wal",
          "recovery.signal");

  private static List<String> skeletonWith(String... more) {
    List<String> all = new ArrayList<>(SKELETON);
    all.addAll(Arrays.asList(more));
    Collections.sort(all);
    return all;
  }

  @Test
  void everyFileIsWhatItWas() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("base/1/1259", random(1, 3 * (1 << 20) + 8192));
    files.put("base/1/1260", random(2, 8192));
    files.put("base/1/empty", new byte[0]);
    files.put("base-or-so", random(3, 5000));
    backup.folder("base").folder("base/1").folder("pg_twophase");
    files.forEach(backup::file);

    BaseProgress done = run();

    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      assertThat(directory.resolve(file.getKey())).hasBinaryContent(file.getValue());
    }
    assertThat(directory.resolve("global/pg_control"))
        .hasBinaryContent(BackupOfFiles.controlFile(SYSTEM));
    assertThat(tree(directory))
        .isEqualTo(
            skeletonWith(
                "base",
                "base/1",
                "base/1/1259",
                "base/1/1260",
                "base/1/empty",
                "base-or-so",
                "pg_twophase"));
    assertThat(done.bytes()).isEqualTo(done.totalBytes());
    assertThat(done.files()).isEqualTo(done.totalFiles()).isEqualTo(6);
  }

  @Test
  void wholeChunksOfZerosAreNotFetched() {
    byte[] mixed = new byte[4 << 20];
    System.arraycopy(random(1, 8192), 0, mixed, 1 << 20, 8192);
    backup.file("mixed", mixed).file("zeros", new byte[3 << 20]);

    BaseProgress done = run();

    assertThat(directory.resolve("mixed")).hasBinaryContent(mixed);
    assertThat(directory.resolve("zeros")).hasBinaryContent(new byte[3 << 20]);
    assertThat(done.fetched()).isLessThan(64 << 10);
  }

  @Test
  void permissionsAreThoseOfTheDataDirectory() throws IOException {
    backup.mode("0750").folder("base").file("base/1", "one");

    run();

    assertThat(mode(directory)).isEqualTo("rwxr-x---");
    assertThat(mode(directory.resolve("base"))).isEqualTo("rwxr-x---");
    assertThat(mode(directory.resolve("base/1"))).isEqualTo("rw-r-----");
    assertThat(mode(directory.resolve("global/pg_control"))).isEqualTo("rw-r-----");
    assertThat(mode(directory.resolve("recovery.signal"))).isEqualTo("rw-r-----");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void itIsReadyForRecoveryAndForNothingElse() throws IOException {
    backup
        .file("standby.signal", "")
        .file("postmaster.pid", "1\n")
        .file("recovery.conf", "restore_command = 'true'\n")
        .folder(".pgbackup")
        .file(".pgbackup/state.json", "{}");

    run();

    assertThat(tree(directory)).isEqualTo(SKELETON);
    assertThat(directory.resolve("recovery.signal")).isEmptyFile();
    assertThat(directory.resolve("backup_label"))
        .hasContent("START WAL LOCATION: 0/5000028 (file 000000010000000000000005)\n");
  }

  @Nested
  @DisplayName("B1: with tablespaces")
  class Tablespaces {

    private Path location;

    @BeforeEach
    void tablespace() {
      location = temporary.resolve("fast disk");
      backup
          .tablespace(16400, location)
          .folder("pg_tblspc/16400/PG_16_202307071")
          .folder("pg_tblspc/16400/PG_16_202307071/5")
          .file("pg_tblspc/16400/PG_16_202307071/5/16401", random(1, 8192));
    }

    @Test
    void theyGoWhereTheyWereAndAreLinked() throws IOException {
      run();

      assertThat(location.resolve("PG_16_202307071/5/16401")).hasBinaryContent(random(1, 8192));
      assertThat(Files.readSymbolicLink(directory.resolve("pg_tblspc/16400"))).isEqualTo(location);
      assertThat(directory.resolve("tablespace_map")).hasContent("16400 " + location + "\n");
    }

    @Test
    void theyGoToAnotherPlaceIfOneIsGiven() throws IOException {
      Path other = temporary.resolve("other\\disk");

      run(
          backup.publish(temporary),
          new BaseSettings(2, false, Map.of(location.toString(), other), 0));

      assertThat(other.resolve("PG_16_202307071/5/16401")).exists();
      assertThat(location).doesNotExist();
      assertThat(Files.readSymbolicLink(directory.resolve("pg_tblspc/16400"))).isEqualTo(other);
      assertThat(directory.resolve("tablespace_map"))
          .hasContent("16400 " + temporary + "/other\\\\disk\n");
    }

    @Test
    void aPlaceForATablespaceThatIsNoneIsRefused() {
      assertRefused(
          () ->
              run(
                  backup.publish(temporary),
                  new BaseSettings(2, false, Map.of("/nowhere", temporary.resolve("x")), 0)),
          Reason.InvalidArgument,
          "/nowhere",
          location.toString());
    }

    @Test
    void aPlaceThatHoldsSomethingIsRefused() throws IOException {
      Files.createDirectories(location.resolve("PG_16_202307071"));

      assertRefused(
          BaseRestoreTest.this::run, Reason.DirectoryNotEmpty, location.toString(), "mapping");

      assertThat(directory).doesNotExist();
    }

    @Test
    void aDeltaRemovesOnlyWhatIsOfThisCluster() throws IOException {
      run();
      Files.writeString(location.resolve("PG_16_202307071/5/99999"), "stale");
      Files.createDirectories(location.resolve("PG_15_202209061"));
      Files.writeString(location.resolve("PG_15_202209061/1"), "of another cluster");

      runDelta();

      assertThat(tree(location))
          .containsExactly(
              "PG_15_202209061",
              "PG_15_202209061/1",
              "PG_16_202307071",
              "PG_16_202307071/5",
              "PG_16_202307071/5/16401");
    }

    @Test
    void oneWithinTheDataDirectoryStaysThere() {
      BackupManifest manifest =
          new BackupOfFiles(archive)
              .folder("pg_tblspc/16500")
              .folder("pg_tblspc/16500/PG_16_202307071")
              .file("pg_tblspc/16500/PG_16_202307071/1", "in place")
              .publish(temporary);

      run(manifest, BaseSettings.DEFAULT);

      assertThat(directory.resolve("pg_tblspc/16500")).isDirectory();
      assertThat(Files.isSymbolicLink(directory.resolve("pg_tblspc/16500"))).isFalse();
      assertThat(directory.resolve("tablespace_map")).doesNotExist();
    }
  }

  @Nested
  @DisplayName("B11: a directory that is not empty")
  class NotEmpty {

    @Test
    void isRefusedAndLeftAsItIs() throws IOException {
      Files.createDirectories(directory);
      Files.writeString(directory.resolve("mine"), "mine");

      assertRefused(BaseRestoreTest.this::run, Reason.DirectoryNotEmpty, "delta");
      assertRefused(
          BaseRestoreTest.this::runDelta, Reason.DirectoryNotEmpty, "not a data directory");

      assertThat(tree(directory)).containsExactly("mine");
    }

    @Test
    void isTakenIfOnlyTheFileSystemPutSomethingThere() throws IOException {
      Files.createDirectories(directory.resolve("lost+found"));

      run();

      assertThat(tree(directory)).isEqualTo(skeletonWith("lost+found"));
    }

    @Test
    void isRefusedIfItIsOfAnotherCluster() throws IOException {
      Files.createDirectories(directory.resolve("global"));
      Files.write(directory.resolve("global/pg_control"), BackupOfFiles.controlFile(42));

      assertRefused(BaseRestoreTest.this::runDelta, Reason.DirectoryNotEmpty, "42");
    }

    @Test
    void losesWhatIsStaleInADeltaRestore() throws IOException {
      backup.folder("base").file("base/1", "one").folder("base/5").file("base/5/1", "five one");
      run();
      Files.createDirectories(directory.resolve("base/9/deeper"));
      Files.writeString(directory.resolve("base/9/deeper/1"), "stale");
      Files.writeString(directory.resolve("base/5/2"), "stale");
      Files.writeString(directory.resolve("base-1"), "stale");
      Files.writeString(directory.resolve("pg_wal/000000010000000000000005"), "stale");
      Files.createSymbolicLink(directory.resolve("log"), temporary);
      Files.writeString(directory.resolve("zzz"), "stale");
      Path outside = Files.writeString(temporary.resolve("outside"), "stays");

      runDelta();

      assertThat(tree(directory)).isEqualTo(skeletonWith("base", "base/1", "base/5", "base/5/1"));
      assertThat(outside).exists();
    }

    @Test
    void isReplacedWhereSomethingIsOfAnotherKind() throws IOException {
      backup.folder("base").file("base/1", "one").folder("base/5").file("base/5/1", "five one");
      run();
      Path outside = Files.writeString(temporary.resolve("outside"), "stays");
      Files.delete(directory.resolve("base/1"));
      Files.createSymbolicLink(directory.resolve("base/1"), outside);
      Files.delete(directory.resolve("base/5/1"));
      Files.createDirectories(directory.resolve("base/5/1/folder"));
      Files.delete(directory.resolve("PG_VERSION"));
      Files.createDirectory(directory.resolve("PG_VERSION"));

      runDelta();

      assertThat(directory.resolve("base/1")).isRegularFile().hasContent("one");
      assertThat(Files.isSymbolicLink(directory.resolve("base/1"))).isFalse();
      assertThat(directory.resolve("base/5/1")).isRegularFile().hasContent("five one");
      assertThat(directory.resolve("PG_VERSION")).isRegularFile();
      assertThat(outside).hasContent("stays");
    }

    @Test
    void getsOnlyWhatDiffers() throws IOException {
      byte[] same = random(1, 2 << 20);
      byte[] changed = random(2, 3 << 20);
      byte[] halfZero = new byte[2 << 20];
      halfZero[5] = 1;
      byte[] longer = random(4, 100_000);
      backup
          .file("same", same)
          .file("changed", changed)
          .file("half zero", halfZero)
          .file("longer", longer)
          .file("shorter", random(5, 50_000))
          .file("gone", "gone");
      run();
      FileTime old = FileTime.fromMillis(1_000_000_000_000L);
      Files.setLastModifiedTime(directory.resolve("same"), old);
      byte[] other = changed.clone();
      other[(1 << 20) + 17]++;
      Files.write(directory.resolve("changed"), other);
      Files.write(directory.resolve("half zero"), random(6, 3 << 20));
      Files.write(directory.resolve("longer"), Arrays.copyOf(longer, 50_000));
      Files.write(directory.resolve("shorter"), Arrays.copyOf(random(5, 50_000), 200_000));
      Files.delete(directory.resolve("gone"));

      BaseProgress done = runDelta();

      assertThat(directory.resolve("same")).hasBinaryContent(same);
      assertThat(Files.getLastModifiedTime(directory.resolve("same"))).isEqualTo(old);
      assertThat(directory.resolve("changed")).hasBinaryContent(changed);
      assertThat(directory.resolve("half zero")).hasBinaryContent(halfZero);
      assertThat(directory.resolve("longer")).hasBinaryContent(longer);
      assertThat(directory.resolve("shorter")).hasBinaryContent(random(5, 50_000));
      assertThat(directory.resolve("gone")).hasContent("gone");
      assertThat(done.fetched()).isBetween(1L << 20, (1 << 20) + 250_000L);
      assertThat(done.bytes()).isEqualTo(done.totalBytes());
    }

    @Test
    void keepsItsWalElsewhereIfThatIsLinked() throws IOException {
      run();
      Path wal = Files.createDirectory(temporary.resolve("wal disk"));
      Files.writeString(wal.resolve("000000010000000000000005"), "stale");
      Files.delete(directory.resolve("pg_wal"));
      Files.createSymbolicLink(directory.resolve("pg_wal"), wal);

      runDelta();

      assertThat(Files.readSymbolicLink(directory.resolve("pg_wal"))).isEqualTo(wal);
      assertThat(tree(wal)).isEmpty();
    }
  }

  @Nested
  @DisplayName("S4: from a damaged archive")
  class Damaged {

    private BackupManifest manifest;

    @BeforeEach
    void publish() {
      backup.folder("base").file("base/1", random(1, 2 << 20)).file("base/2", random(2, 2 << 20));
      manifest = backup.publish(temporary);
    }

    private Path object(String bundle) {
      return bucket.resolve(archive.id() + "/" + bundle);
    }

    /** The bundle in which the first chunk of base/2 lies. */
    private Path bundle() {
      return object(manifest.files().bundles().get(1));
    }

    private void assertCannotBeStarted() {
      assertThat(directory.resolve("global/pg_control")).doesNotExist();
    }

    @Test
    void aFlippedBitIsFoundAndNamed() throws IOException {
      byte[] bytes = Files.readAllBytes(bundle());
      bytes[bytes.length / 3] ^= 1;
      Files.write(bundle(), bytes);

      assertRefused(
          () -> run(manifest, BaseSettings.DEFAULT), Reason.ArchiveDamaged, "base/", "data/");

      assertCannotBeStarted();
    }

    @Test
    void aBundleThatIsGoneIsNamed() throws IOException {
      Files.delete(bundle());

      assertRefused(
          () -> run(manifest, BaseSettings.DEFAULT),
          Reason.ArchiveDamaged,
          manifest.files().bundles().get(1));

      assertCannotBeStarted();
    }

    @Test
    void aBundleThatIsCutOffIsNamed() throws IOException {
      byte[] bytes = Files.readAllBytes(bundle());
      Files.write(bundle(), Arrays.copyOf(bytes, bytes.length / 3));

      assertRefused(() -> run(manifest, BaseSettings.DEFAULT), Reason.ArchiveDamaged, "data/");

      assertCannotBeStarted();
    }

    @Test
    void aDamagedListLeavesTheDirectoryAlone() throws IOException {
      Path list = object("base/" + manifest.backupId() + "/files");
      byte[] bytes = Files.readAllBytes(list);
      bytes[bytes.length / 2] ^= 1;
      Files.write(list, bytes);

      assertRefused(() -> run(manifest, BaseSettings.DEFAULT), Reason.ArchiveDamaged, "files");

      assertThat(directory).doesNotExist();
    }
  }

  @Test
  @DisplayName("B12: cut off, it has no pg_control, and goes on with what is there")
  void cutOffItCannotBeStartedAndGoesOn() throws IOException {
    backup.folder("base").file("base/1", random(1, 2 << 20)).file("base/2", random(2, 2 << 20));
    BackupManifest manifest = backup.publish(temporary);
    Path last = bucket.resolve(archive.id() + "/" + manifest.files().bundles().get(1));
    byte[] content = Files.readAllBytes(last);
    Files.delete(last);
    BaseRestore restore = restore(manifest, new BaseSettings(1, false, Map.of(), 0));
    assertRefused(restore::run, Reason.ArchiveDamaged, "data/");
    assertThat(directory.resolve("global/pg_control")).doesNotExist();
    Files.write(last, content);

    restore.check(true);
    BaseProgress done = restore.run();

    assertThat(directory.resolve("base/1")).hasBinaryContent(random(1, 2 << 20));
    assertThat(directory.resolve("base/2")).hasBinaryContent(random(2, 2 << 20));
    assertThat(directory.resolve("global/pg_control")).exists();
    assertThat(done.bytes()).isEqualTo(done.totalBytes());
  }

  @Test
  void thatIsTooSmallIsRefusedBeforeAnythingIsDone() {
    BackupManifest manifest = backup.file("base", random(1, 8192)).publish(temporary);

    assertRefused(
        () -> run(manifest, new BaseSettings(1, false, Map.of(), Long.MAX_VALUE / 2)),
        Reason.NoSpace,
        "MiB");

    assertThat(directory).doesNotExist();
  }

  @Test
  void aControlFileOfAnotherClusterIsRefused() {
    BackupManifest manifest =
        backup.file("global/pg_control", BackupOfFiles.controlFile(42)).publish(temporary);

    assertRefused(() -> run(manifest, BaseSettings.DEFAULT), Reason.ArchiveDamaged, "42");

    assertThat(directory).doesNotExist();
  }

  @Test
  void aListThatLeadsOutOfTheDirectoryIsRefused() {
    BackupManifest manifest = backup.file("base/../../x", "out").publish(temporary);

    assertRefused(() -> run(manifest, BaseSettings.DEFAULT), Reason.ArchiveDamaged, "base/../../x");

    assertThat(directory).doesNotExist();
    assertThat(temporary.resolve("x")).doesNotExist();
  }
}
