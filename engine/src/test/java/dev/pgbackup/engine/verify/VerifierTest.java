package dev.pgbackup.engine.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveBuilder;
import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.verify.Finding.Problem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("S4: verify names what is missing or damaged")
class VerifierTest {

  private static final Timeline TWO = new Timeline(2);

  @TempDir private Path folder;
  private ObjectStore store;
  private Archive archive;
  private ArchiveLayout layout;
  private BackupManifest first;
  private BackupManifest second;

  @BeforeEach
  void build() {
    store = DirectoryStore.open(folder);
    Clock clock = Clock.fixed(Instant.parse("2026-11-01T12:00:00Z"), ZoneOffset.UTC);
    ArchiveBuilder builder = new ArchiveBuilder(store, clock);
    archive = builder.archive();
    layout = archive.layout();
    builder.wal(Timeline.FIRST, 1, 6).tail(Timeline.FIRST, 6, 0, 1000);
    first = builder.backup(Timeline.FIRST, 1, 2, null);
    builder.history(TWO, Timeline.FIRST, ArchiveBuilder.segment(6).plus(500));
    builder.tail(TWO, 6, 0, 5000).tail(TWO, 6, 5000, 1 << 20).wal(TWO, 7, 9);
    second = builder.backup(TWO, 7, 8, first);
    builder.live(TWO, ArchiveBuilder.segment(9));
  }

  @Test
  void an_archive_in_order_has_no_findings() {
    VerifyReport report = verify(VerifyRequest.everything().withWindow());

    assertThat(report.findings()).isEmpty();
    assertThat(report.isClean()).isTrue();
    assertThat(report.backups()).containsExactly(first.backupId(), second.backupId());
    assertThat(report.chunks()).isEqualTo(3);
    assertThat(report.bytesRead()).isPositive();
  }

  @Test
  void every_object_that_is_deleted_is_named() {
    for (String key : needed().keySet()) {
      Map<String, byte[]> before = contents();
      Map<String, ObjectInfo> infos = infos();
      store.delete(List.of(key));

      assertThat(named(key)).as("deleted " + key).isTrue();

      restore(key, before, infos);
    }
    assertThat(verify(VerifyRequest.everything().withWindow()).isClean()).isTrue();
  }

  @Test
  void every_object_that_is_cut_short_is_named() {
    for (String key : needed().keySet()) {
      assertNamed(key, "cut short", bytes -> Arrays.copyOf(bytes, bytes.length - 1));
    }
  }

  @Test
  void every_object_with_a_flipped_bit_is_named_wherever_the_bit_is() {
    for (Map.Entry<String, byte[]> object : needed().entrySet()) {
      int size = object.getValue().length;
      for (int at : List.of(0, size / 3, size / 2, size - 1)) {
        assertNamed(
            object.getKey(),
            "flipped at " + at,
            bytes -> {
              bytes[at] ^= 0x10;
              return bytes;
            });
      }
    }
  }

  @Test
  void a_finding_says_which_backups_need_the_object() {
    store.delete(List.of(layout.bundle(first.backupId(), 0)));

    assertThat(verify(VerifyRequest.everything()).findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.problem()).isEqualTo(Problem.Missing);
              assertThat(finding.backups())
                  .containsExactlyInAnyOrder(first.backupId(), second.backupId());
            });
  }

  @Test
  void what_one_backup_does_not_need_is_not_looked_at_for_it() {
    store.delete(List.of(layout.bundle(second.backupId(), 0)));

    assertThat(verify(VerifyRequest.of(first.backupId())).isClean()).isTrue();
    assertThat(verify(VerifyRequest.of(second.backupId())).isClean()).isFalse();
  }

  @Test
  void wal_between_backups_is_looked_at_when_the_window_is_asked_for() {
    String key = segment(Timeline.FIRST, 4);
    store.delete(List.of(key));

    assertThat(verify(VerifyRequest.everything()).isClean()).isTrue();
    assertThat(verify(VerifyRequest.everything().withWindow()).findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.key()).isEqualTo(key);
              assertThat(finding.problem()).isEqualTo(Problem.Missing);
            });
  }

  @Test
  void a_sample_reads_a_part_but_sees_every_missing_object() {
    VerifyReport sampled = verify(VerifyRequest.everything().sampling(0.000001, 7).withWindow());
    assertThat(sampled.isClean()).isTrue();
    assertThat(sampled.chunks()).isZero();
    assertThat(sampled.sampled()).isTrue();

    store.delete(List.of(layout.bundle(first.backupId(), 0)));

    assertThat(verify(VerifyRequest.everything().sampling(0.000001, 7)).isClean()).isFalse();
  }

  @Test
  void a_backup_that_is_not_there_is_said_so() {
    VerifyRequest request = VerifyRequest.of(new BackupId("20200101T000000Z-0000"));

    assertThatThrownBy(() -> verify(request))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.BackupNotFound));
  }

  /**
   * What a restore of both backups to the newest position needs: all but the index and what lies
   * before.
   */
  private Map<String, byte[]> needed() {
    Map<String, byte[]> needed = contents();
    needed.keySet().removeIf(key -> key.contains("/index/"));
    return needed;
  }

  private Map<String, byte[]> contents() {
    Map<String, byte[]> contents = new TreeMap<>();
    store
        .list("", "")
        .forEach(info -> contents.put(info.key(), Content.read(store, info.key(), ByteRange.ALL)));
    return contents;
  }

  private Map<String, ObjectInfo> infos() {
    Map<String, ObjectInfo> infos = new TreeMap<>();
    store.list("", "").forEach(info -> infos.put(info.key(), store.head(info.key()).orElseThrow()));
    return infos;
  }

  private void assertNamed(String key, String how, UnaryOperator<byte[]> damage) {
    Map<String, byte[]> before = contents();
    Map<String, ObjectInfo> infos = infos();
    byte[] damaged = damage.apply(before.get(key).clone());
    store.put(
        key,
        List.of(ByteBuffer.wrap(damaged)),
        infos.get(key).attributes().with("attempt", "damage"),
        PutOptions.when(PutCondition.always()));

    assertThat(named(key)).as(key + " " + how).isTrue();

    restore(key, before, infos);
  }

  private void restore(String key, Map<String, byte[]> before, Map<String, ObjectInfo> infos) {
    store.put(
        key,
        List.of(ByteBuffer.wrap(before.get(key))),
        infos.get(key).attributes().with("attempt", "repair"),
        PutOptions.when(PutCondition.always()));
  }

  private boolean named(String key) {
    if (key.endsWith("/manifest") && store.head(key).isEmpty()) {
      return !verify(VerifyRequest.everything()).backups().contains(new BackupId(idOf(key)));
    }
    return verify(VerifyRequest.everything().withWindow()).findings().stream()
        .anyMatch(finding -> finding.key().equals(key) || isTailOf(key, finding));
  }

  /** A tail that is gone is named by its segment and positions. */
  private static boolean isTailOf(String key, Finding finding) {
    return key.startsWith(finding.key() + ".tail/")
        && finding.detail().contains("not in the store");
  }

  private static String idOf(String manifestKey) {
    String[] parts = manifestKey.split("/", -1);
    return parts[parts.length - 2];
  }

  private String segment(Timeline timeline, int number) {
    return layout.segment(
        WalSegment.containing(timeline, ArchiveBuilder.segment(number), ArchiveBuilder.SEGMENT));
  }

  private VerifyReport verify(VerifyRequest request) {
    return Verifier.verify(archive, request, VerifyProgress.NONE);
  }
}
