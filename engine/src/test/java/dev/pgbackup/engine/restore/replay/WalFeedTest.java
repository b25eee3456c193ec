package dev.pgbackup.engine.restore.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveBuilder;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.TimelineHistory.Ancestor;
import dev.pgbackup.engine.restore.plan.PathWal;
import dev.pgbackup.engine.restore.plan.WalPath;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.wal.ArchivedWal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A server gets the WAL that it asks for, and no more than it shall see")
class WalFeedTest {

  private static final Timeline TWO = new Timeline(2);
  private static final Timeline FIVE = new Timeline(5);
  private static final Timeline SEVEN = new Timeline(7);
  private static final int SEGMENT = ArchiveBuilder.SEGMENT.bytes();

  private @TempDir Path temporary;
  private Path shared;
  private Archive archive;
  private final Wal wal = new Wal();
  private @Nullable WalFeed feed;

  @BeforeEach
  void begin() {
    shared = temporary.resolve("shared");
    archive =
        new ArchiveBuilder(DirectoryStore.open(temporary.resolve("bucket")), Clock.systemUTC())
            .history(FIVE, Timeline.FIRST, Lsn.parse("0/380000"))
            .history(TWO, Timeline.FIRST, Lsn.parse("0/100100"))
            .archive();
  }

  @AfterEach
  void end() {
    if (feed != null) {
      feed.close();
    }
  }

  /** Feeds segment 1 to a part of segment 4; timeline 5 begins in segment 3. */
  private void feed(Duration patience) {
    TimelineHistory history =
        new TimelineHistory(FIVE, List.of(new Ancestor(Timeline.FIRST, Lsn.parse("0/380000"))));
    WalPath path =
        new WalPath(history, Lsn.parse("0/100028"), Lsn.parse("0/412345"), ArchiveBuilder.SEGMENT);
    SharedFolder folder = SharedFolder.at(shared);
    folder.create();
    feed =
        new WalFeed(
            folder,
            path,
            new PathWal(wal, path, history),
            new HistoryAnswers(archive.timelines(), path, SEVEN),
            new FeedSettings(2L * SEGMENT, 2, patience),
            (segment, file) -> {});
    feed.start();
  }

  private void feed() {
    feed(Duration.ofMinutes(1));
  }

  private void ask(String name) throws IOException {
    Files.writeString(shared.resolve("want").resolve(name), "");
  }

  private byte[] answer(String name) throws IOException {
    ask(name);
    Path file = shared.resolve("wal").resolve(name);
    await().until(() -> Files.exists(file));
    return Files.readAllBytes(file);
  }

  private void assertAbsent(String name) throws IOException {
    ask(name);
    await().until(() -> Files.exists(shared.resolve("absent").resolve(name)));
    assertThat(shared.resolve("wal").resolve(name)).doesNotExist();
  }

  @Test
  void wholeSegmentsOfTheTimelineThatIsOnThePath() throws IOException {
    feed();

    assertThat(answer("000000010000000000000001")).hasSize(SEGMENT).containsOnly(1);
    assertThat(answer("000000010000000000000002")).hasSize(SEGMENT).containsOnly(1);
    assertThat(answer("000000050000000000000003")).hasSize(SEGMENT).containsOnly(5);
  }

  @Test
  void theLastSegmentUpToTheTargetWithZerosBehind() throws IOException {
    feed();

    byte[] last = answer("000000050000000000000004");

    assertThat(last).hasSize(SEGMENT);
    assertThat(Arrays.copyOf(last, 0x12345)).containsOnly(5);
    assertThat(Arrays.copyOfRange(last, 0x12345, SEGMENT)).containsOnly(0);
  }

  @Test
  void nothingBehindTheTargetAndNothingBesideThePath() throws IOException {
    feed();

    assertAbsent("000000050000000000000005");
    assertAbsent("000000010000000000000003");
    assertAbsent("000000050000000000000002");
    assertAbsent("000000010000000000000001.00000028.backup");
    assertAbsent("something else");
  }

  @Test
  void theNextSegmentsBeforeItAsksForThem() throws IOException {
    feed();

    ask("000000010000000000000001");

    await().until(() -> Files.exists(shared.resolve("wal/000000010000000000000002")));
    assertThat(shared.resolve("wal/000000050000000000000003")).doesNotExist();
  }

  @Test
  void aSegmentOnceMoreThatItHasHadBefore() throws IOException {
    feed();
    for (String name :
        List.of(
            "000000010000000000000001",
            "000000010000000000000002",
            "000000050000000000000003",
            "000000050000000000000004")) {
      answer(name);
    }
    await().until(() -> Files.notExists(shared.resolve("wal/000000010000000000000001")));

    assertThat(answer("000000010000000000000001")).hasSize(SEGMENT).containsOnly(1);
    assertThat(answer("000000050000000000000004")).hasSize(SEGMENT);
  }

  @Nested
  @DisplayName("and histories, so that it promotes to the timeline that was claimed")
  class Histories {

    @Test
    void ofTimelinesOnThePathAsTheyAre() throws IOException {
      feed();

      assertThat(answer("00000005.history"))
          .isEqualTo(archive.timelines().historyFile(FIVE).orElseThrow());
    }

    @Test
    void ofAllNumbersBelowTheClaimedOneThatItMustNotTake() throws IOException {
      feed();

      byte[] made = answer("00000006.history");

      assertThat(TimelineHistory.parse(new Timeline(6), made).timeline())
          .isEqualTo(new Timeline(6));
      assertThat(answer("00000002.history")).isNotEmpty();
    }

    @Test
    void noneOfTheClaimedOneAndOfTheFirst() throws IOException {
      feed();

      assertAbsent("00000007.history");
      assertAbsent("00000008.history");
      assertAbsent("00000001.history");
    }
  }

  @Nested
  @DisplayName("T9: a store that fails is not the end of the WAL")
  class FailingStore {

    @Test
    void itIsTriedAgain() throws IOException {
      wal.failure.set(new EngineException(Reason.StoreThrottled, "slow down"));
      feed();
      ask("000000010000000000000001");
      await().until(() -> wal.failures >= 2);
      assertThat(shared.resolve("absent")).isEmptyDirectory();
      assertThat(shared.resolve("failed")).doesNotExist();

      wal.failure.set(null);

      assertThat(answer("000000010000000000000001")).hasSize(SEGMENT);
    }

    @Test
    void accessDeniedMayPassAsWell() throws IOException {
      wal.failure.set(new EngineException(Reason.AccessDenied, "403"));
      feed();
      ask("000000010000000000000001");
      await().until(() -> wal.failures >= 2);

      wal.failure.set(null);

      assertThat(answer("000000010000000000000001")).hasSize(SEGMENT);
    }

    @Test
    void afterTooLongTheServerIsStoppedAndNotToldOfAnEnd() throws IOException {
      wal.failure.set(new EngineException(Reason.BucketUnreachable, "gone"));
      feed(Duration.ZERO);
      ask("000000010000000000000001");

      await().until(() -> Files.exists(shared.resolve("failed")));

      assertThat(shared.resolve("absent")).isEmptyDirectory();
      assertThat(feed.failure().orElseThrow().reason()).isEqualTo(Reason.BucketUnreachable);
    }

    @Test
    @DisplayName("S4: damaged WAL stops the server at once")
    void damagedWalStopsTheServer() throws IOException {
      wal.failure.set(new EngineException(Reason.ArchiveDamaged, "hash"));
      feed();
      ask("000000010000000000000001");

      await().until(() -> Files.exists(shared.resolve("failed")));

      assertThat(shared.resolve("wal/000000010000000000000001")).doesNotExist();
      assertThat(shared.resolve("absent")).isEmptyDirectory();
      assertThat(feed.failure().orElseThrow().reason()).isEqualTo(Reason.ArchiveDamaged);
    }
  }

  /** WAL without end, whose bytes are the number of the timeline in whose name they are kept. */
  private static final class Wal implements ArchivedWal {

    private final AtomicReference<@Nullable EngineException> failure = new AtomicReference<>();
    private volatile int failures;

    @Override
    public Lsn contiguousEnd(Timeline timeline, Lsn from) {
      return new Lsn(-1);
    }

    @Override
    public void read(Timeline timeline, Lsn from, Lsn to, Consumer<ByteBuffer> sink) {
      byte[] bytes = new byte[(int) to.minus(from) / 2];
      Arrays.fill(bytes, (byte) timeline.number());
      sink.accept(ByteBuffer.wrap(bytes));
      EngineException e = failure.get();
      if (e != null) {
        failures++;
        throw e;
      }
      byte[] rest = new byte[(int) to.minus(from) - bytes.length];
      Arrays.fill(rest, (byte) timeline.number());
      sink.accept(ByteBuffer.wrap(rest));
    }

    @Override
    public Optional<TimelineHistory> history(Timeline timeline) {
      return Optional.empty();
    }
  }
}
