package dev.pgbackup.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of {@link ObjectStore}, as tests: every implementation and every decorator has a
 * subclass of it.
 */
public abstract class ObjectStoreContract {

  private static final int MIB = 1024 * 1024;

  protected ObjectStore store;

  /** A store, empty, for one test. */
  protected abstract ObjectStore openEmpty() throws Exception;

  /** Whether the store decides conditions atomically. */
  protected boolean isAtomic() {
    return true;
  }

  /** Whether the store leaves the object alone when it refuses to complete a multipart upload. */
  protected boolean survivesRefusedUploads() {
    return true;
  }

  /** Whether listings of more than a page are worth their time here. */
  protected boolean listsManyPages() {
    return true;
  }

  @BeforeEach
  void open() throws Exception {
    store = openEmpty();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void what_was_put_is_read_back_with_its_attributes() {
    ObjectAttributes attributes = ObjectAttributes.NONE.with("plain-size", "5").with("x", "a b=c");

    ObjectInfo put = store.put("base/a/data/1", Content.of("hello"), attributes, PutOptions.CREATE);

    assertThat(Content.text(store, "base/a/data/1")).isEqualTo("hello");
    ObjectInfo head = store.head("base/a/data/1").orElseThrow();
    assertThat(head.key()).isEqualTo("base/a/data/1");
    assertThat(head.size()).isEqualTo(5).isEqualTo(put.size());
    assertThat(head.etag()).isEqualTo(put.etag()).isNotEmpty();
    assertThat(head.attributes().values()).containsAllEntriesOf(attributes.values());
    assertThat(head.lastModified())
        .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600));
  }

  @Test
  void an_open_object_tells_about_the_whole_of_it() throws Exception {
    put("a", "0123456789");

    try (ObjectContent content = store.get("a", new ByteRange(2, 3))) {
      assertThat(content.info().size()).isEqualTo(10);
      assertThat(content.info().etag()).isEqualTo(store.head("a").orElseThrow().etag());
      assertThat(content.info().attributes().get("kind")).contains("test");
    }
  }

  @Test
  void an_object_may_be_empty() {
    put("empty", "");

    assertThat(Content.text(store, "empty")).isEmpty();
    assertThat(store.head("empty").orElseThrow().size()).isZero();
  }

  @Test
  void put_takes_several_buffers_and_leaves_their_positions() {
    ByteBuffer first = ByteBuffer.wrap("--abc".getBytes(StandardCharsets.UTF_8));
    first.position(2);
    ByteBuffer second = ByteBuffer.allocateDirect(3).put(new byte[] {'d', 'e', 'f'}).flip();

    store.put("a", List.of(first, second), ObjectAttributes.NONE, PutOptions.CREATE);

    assertThat(Content.text(store, "a")).isEqualTo("abcdef");
    assertThat(first.position()).isEqualTo(2);
    assertThat(second.position()).isZero();
  }

  @Test
  void a_part_of_an_object_is_read_by_its_range() {
    put("a", "0123456789");

    assertThat(new String(Content.read(store, "a", new ByteRange(3, 4)), StandardCharsets.UTF_8))
        .isEqualTo("3456");
    assertThat(new String(Content.read(store, "a", ByteRange.from(7)), StandardCharsets.UTF_8))
        .isEqualTo("789");
    assertThat(new String(Content.read(store, "a", new ByteRange(9, 1)), StandardCharsets.UTF_8))
        .isEqualTo("9");
  }

  @Test
  void a_range_that_the_object_does_not_hold_is_refused_as_damage() {
    put("a", "0123456789");

    for (ByteRange range :
        List.of(
            new ByteRange(5, 6), new ByteRange(10, 1), ByteRange.from(10), ByteRange.from(99))) {
      assertThatThrownBy(() -> Content.read(store, "a", range))
          .isInstanceOfSatisfying(
              EngineException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.ArchiveDamaged))
          .hasMessageContaining("10 bytes");
    }
  }

  @Test
  void what_is_not_there_is_told_apart_from_failure() {
    assertThat(store.head("none")).isEmpty();
    assertThatExceptionOfType(ObjectNotFoundException.class)
        .isThrownBy(() -> store.get("none", ByteRange.ALL))
        .withMessageContaining("none");
    assertThatExceptionOfType(ObjectNotFoundException.class)
        .isThrownBy(() -> store.get("none", new ByteRange(0, 1)));
  }

  @Test
  void an_object_is_created_once() {
    put("a", "first");

    assertThatExceptionOfType(PreconditionFailedException.class)
        .isThrownBy(() -> put("a", "second"));
    assertThat(Content.text(store, "a")).isEqualTo("first");
  }

  @Test
  void creating_again_in_the_same_attempt_is_success() {
    ObjectAttributes attempt = ObjectAttributes.NONE.withAttempt();

    ObjectInfo first = store.put("a", Content.of("x"), attempt, PutOptions.CREATE);
    ObjectInfo again = store.put("a", Content.of("x"), attempt, PutOptions.CREATE);

    assertThat(again.etag()).isEqualTo(first.etag());
  }

  @Test
  void an_object_is_replaced_only_in_the_version_that_was_expected() {
    ObjectInfo first = put("owner.json", "first");
    ObjectInfo second = replace("owner.json", "second", first.etag());

    assertThat(second.etag()).isNotEqualTo(first.etag());
    assertThatExceptionOfType(PreconditionFailedException.class)
        .isThrownBy(() -> replace("owner.json", "third!", first.etag()));
    assertThat(Content.text(store, "owner.json")).isEqualTo("second");
    replace("owner.json", "fourth", second.etag());
    assertThat(Content.text(store, "owner.json")).isEqualTo("fourth");
  }

  @Test
  void a_version_of_nothing_is_not_replaced() {
    String etag = put("a", "x").etag();
    store.delete(List.of("a"));

    assertThatExceptionOfType(PreconditionFailedException.class)
        .isThrownBy(() -> replace("a", "y", etag));
    assertThat(store.head("a")).isEmpty();
  }

  @Test
  void replacing_brings_the_new_attributes() {
    put("a", "old");

    store.put(
        "a",
        Content.of("new"),
        ObjectAttributes.NONE.with("version", "2"),
        PutOptions.when(PutCondition.always()));

    ObjectInfo head = store.head("a").orElseThrow();
    assertThat(head.attributes().get("version")).contains("2");
    assertThat(head.attributes().get("kind")).isEmpty();
    assertThat(Content.text(store, "a")).isEqualTo("new");
  }

  @Test
  void of_many_that_create_one_object_one_succeeds() throws Exception {
    assumeTrue(isAtomic());
    List<Integer> winners = together(8, i -> put("a", "writer " + i));

    assertThat(winners).hasSize(1);
    assertThat(Content.text(store, "a")).isEqualTo("writer " + winners.get(0));
  }

  @Test
  void of_many_that_replace_one_version_one_succeeds() throws Exception {
    assumeTrue(isAtomic());
    String etag = put("a", "start").etag();

    List<Integer> winners = together(8, i -> replace("a", "writer " + i, etag));

    assertThat(winners).hasSize(1);
    assertThat(Content.text(store, "a")).isEqualTo("writer " + winners.get(0));
  }

  @Test
  void an_upload_is_not_there_before_it_is_committed() {
    try (ObjectUpload upload = store.create("base/a/1", ObjectAttributes.NONE, PutOptions.CREATE)) {
      upload.write(ByteBuffer.wrap(Content.random(100, 1)));

      assertThat(store.head("base/a/1")).isEmpty();
      assertThat(keys("", "")).isEmpty();
      assertThat(store.listFolders("")).isEmpty();
      assertThat(upload.size()).isEqualTo(100);
      upload.commit();
    }

    assertThat(keys("", "")).containsExactly("base/a/1");
  }

  @Test
  void an_upload_of_many_parts_is_read_back_whole_and_in_ranges() {
    byte[] bytes = Content.random(12 * MIB + 12345, 2);
    ObjectAttributes attributes = ObjectAttributes.NONE.with("plain-size", "12595257");

    ObjectInfo info;
    try (ObjectUpload upload = store.create("base/a/1", attributes, PutOptions.CREATE.asBulk())) {
      for (int at = 0; at < bytes.length; at += 700_001) {
        ByteBuffer part = ByteBuffer.wrap(bytes, at, Math.min(700_001, bytes.length - at));
        upload.write(part);
        assertThat(part.hasRemaining()).isFalse();
      }
      info = upload.commit();
    }

    assertThat(info.size()).isEqualTo(bytes.length);
    ObjectInfo head = store.head("base/a/1").orElseThrow();
    assertThat(head.etag()).isEqualTo(info.etag());
    assertThat(head.attributes().values()).containsAllEntriesOf(attributes.values());
    assertThat(Content.read(store, "base/a/1", ByteRange.ALL)).isEqualTo(bytes);
    assertThat(Content.read(store, "base/a/1", new ByteRange(5 * MIB - 10, 3 * MIB)))
        .isEqualTo(Arrays.copyOfRange(bytes, 5 * MIB - 10, 8 * MIB - 10));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 12 * MIB})
  void an_upload_keeps_the_condition(int size) {
    assumeTrue(survivesRefusedUploads() || size < MIB);
    put("a", "first");

    try (ObjectUpload upload = store.create("a", ObjectAttributes.NONE, PutOptions.CREATE)) {
      upload.write(ByteBuffer.wrap(Content.random(size, 3)));
      assertThatExceptionOfType(PreconditionFailedException.class).isThrownBy(upload::commit);
    }

    assertThat(Content.text(store, "a")).isEqualTo("first");
    assertThat(store.abortUncommitted("", Instant.now().plusSeconds(3600))).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 12 * MIB})
  void an_upload_that_is_closed_without_commit_leaves_nothing(int size) {
    try (ObjectUpload upload = store.create("a/b", ObjectAttributes.NONE, PutOptions.CREATE)) {
      upload.write(ByteBuffer.wrap(Content.random(size, 3)));
    }

    assertThat(keys("", "")).isEmpty();
    assertThat(store.abortUncommitted("", Instant.now().plusSeconds(3600))).isZero();
  }

  @Test
  void closing_after_the_commit_changes_nothing_and_committing_twice_neither() {
    ObjectUpload upload = store.create("a", ObjectAttributes.NONE, PutOptions.CREATE);
    upload.write(ByteBuffer.wrap(Content.random(10, 3)));

    ObjectInfo first = upload.commit();
    ObjectInfo second = upload.commit();
    upload.close();
    upload.close();

    assertThat(second).isEqualTo(first);
    assertThat(keys("", "")).containsExactly("a");
  }

  @Test
  void uploads_that_were_left_behind_are_removed_by_prefix_and_age() {
    ObjectUpload left = store.create("base/a/1", ObjectAttributes.NONE, PutOptions.CREATE);
    left.write(ByteBuffer.wrap(Content.random(6 * MIB, 4)));
    ObjectUpload other = store.create("base/b/1", ObjectAttributes.NONE, PutOptions.CREATE);
    other.write(ByteBuffer.wrap(Content.random(6 * MIB, 4)));

    assertThat(store.abortUncommitted("base/a/", Instant.now().minus(Duration.ofHours(1))))
        .isZero();
    assertThat(store.abortUncommitted("base/a/", Instant.now().plus(Duration.ofHours(1)))).isOne();
    assertThat(store.abortUncommitted("base/a/", Instant.now().plus(Duration.ofHours(1)))).isZero();

    other.commit();
    assertThat(keys("", "")).containsExactly("base/b/1");
    assertThatExceptionOfType(UploadLostException.class).isThrownBy(left::commit);
    left.close();
    other.close();
  }

  @Test
  void a_listing_is_in_the_order_of_the_keys_bytes() {
    List<String> keys =
        List.of("a-b", "a.b/c", "a/B", "a/b", "a0", "aB", "a_b", "ab", "b/c/d", "b/c.d", "b/c/D");
    keys.forEach(key -> put(key, key));

    assertThat(keys("", ""))
        .containsExactly(
            "a-b", "a.b/c", "a/B", "a/b", "a0", "aB", "a_b", "ab", "b/c.d", "b/c/D", "b/c/d");
    assertThat(keys("a/", "")).containsExactly("a/B", "a/b");
    assertThat(keys("a", "a/B")).containsExactly("a/b", "a0", "aB", "a_b", "ab");
    assertThat(keys("b/c", "b/c/")).containsExactly("b/c/D", "b/c/d");
    assertThat(keys("b/c/D", "")).containsExactly("b/c/D");
    assertThat(keys("c", "")).isEmpty();
    assertThat(keys("", "zzz")).isEmpty();
  }

  @Test
  void a_listing_tells_size_and_version() {
    ObjectInfo put = put("a/b", "12345");

    assertThat(store.list("a/", ""))
        .singleElement()
        .satisfies(
            listed -> {
              assertThat(listed.size()).isEqualTo(5);
              assertThat(listed.etag()).isEqualTo(put.etag());
              assertThat(listed.attributes()).isEqualTo(ObjectAttributes.NONE);
            });
  }

  @Test
  void a_listing_goes_on_over_many_pages() throws Exception {
    assumeTrue(listsManyPages());
    List<String> expected =
        IntStream.range(0, 1050).mapToObj(i -> String.format("wal/%04d", i)).toList();
    together(
        4,
        first -> {
          for (int i = first; i < expected.size(); i += 4) {
            put(expected.get(i), "");
          }
        });

    assertThat(keys("wal/", "")).isEqualTo(expected);
    assertThat(keys("wal/", "wal/1040")).isEqualTo(expected.subList(1041, 1050));
    store.delete(expected);
    assertThat(keys("wal/", "")).isEmpty();
  }

  @Test
  void folders_are_the_next_parts_of_keys() {
    List.of("base/2/m", "base/2/data/1", "base/1/m", "base/x", "wal/1/2", "base/2-a/m")
        .forEach(key -> put(key, ""));

    assertThat(store.listFolders("base")).containsExactly("1", "2-a", "2");
    assertThat(store.listFolders("base/2")).containsExactly("data");
    assertThat(store.listFolders("")).containsExactly("base", "wal");
    assertThat(store.listFolders("none")).isEmpty();
  }

  @Test
  void what_was_deleted_is_gone_and_may_be_created_again() {
    put("a/1", "x");
    put("a/2", "x");

    store.delete(List.of("a/1", "a/none"));
    store.delete(List.of("a/1"));
    store.delete(List.of());

    assertThat(keys("", "")).containsExactly("a/2");
    assertThat(store.head("a/1")).isEmpty();
    store.delete(List.of("a/2"));
    assertThat(store.listFolders("")).isEmpty();
    put("a/1", "again");
    assertThat(Content.text(store, "a/1")).isEqualTo("again");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/a",
        "a/",
        "a//b",
        "../a",
        "a/../b",
        "a/..",
        ".",
        "a/./b",
        ".pgbackup",
        ".pgbackup/lock",
        "a b",
        "ä",
        "a\\b",
        "a?b"
      })
  void a_key_that_is_none_is_refused(String key) {
    assertThatIllegalArgumentException().isThrownBy(() -> put(key, "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.create(key, ObjectAttributes.NONE, PutOptions.CREATE));
    assertThatIllegalArgumentException().isThrownBy(() -> store.head(key));
    assertThatIllegalArgumentException().isThrownBy(() -> store.get(key, ByteRange.ALL));
    assertThatIllegalArgumentException().isThrownBy(() -> store.delete(List.of(key)));
  }

  @Test
  void an_interrupted_thread_is_told_so_and_stays_interrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> put("a", "x"))
          .isInstanceOfSatisfying(
              EngineException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.Interrupted));
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(store.head("a")).isEmpty();
  }

  private ObjectInfo put(String key, String text) {
    return store.put(
        key, Content.of(text), ObjectAttributes.NONE.with("kind", "test"), PutOptions.CREATE);
  }

  private ObjectInfo replace(String key, String text, String etag) {
    return store.put(
        key, Content.of(text), ObjectAttributes.NONE, PutOptions.when(PutCondition.matches(etag)));
  }

  private List<String> keys(String prefix, String startAfter) {
    return store.list(prefix, startAfter).map(ObjectInfo::key).toList();
  }

  /** The numbers of those of several threads whose condition held. */
  private static List<Integer> together(int threads, IntConsumer work) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int mine = i;
        tasks.add(
            () -> {
              try {
                work.accept(mine);
                return true;
              } catch (PreconditionFailedException lost) {
                return false;
              }
            });
      }
      List<Future<Boolean>> results = executor.invokeAll(tasks);
      List<Integer> succeeded = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        if (results.get(i).get()) {
          succeeded.add(i);
        }
      }
      return succeeded;
    } finally {
      executor.shutdown();
    }
  }
}
