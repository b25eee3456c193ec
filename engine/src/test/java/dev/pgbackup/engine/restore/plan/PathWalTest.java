package dev.pgbackup.engine.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.TimelineHistory.Ancestor;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.wal.ArchivedWal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The archived WAL of a path")
class PathWalTest {

  private static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
  private static final Timeline TWO = new Timeline(2);
  private static final Lsn SWITCH = Lsn.parse("0/280000");
  private static final TimelineHistory ONE = TimelineHistory.root(Timeline.FIRST);
  private static final TimelineHistory BRANCH =
      new TimelineHistory(TWO, List.of(new Ancestor(Timeline.FIRST, SWITCH)));

  private final Spans wal = new Spans();

  private Optional<PathWal.Missing> missing(TimelineHistory history, String to) {
    return new PathWal(wal, path(history, to), BRANCH).firstMissing();
  }

  private byte[] read(WalPath path, WalSegment file) {
    List<ByteArrayOutputStream> attempts = new ArrayList<>();
    new PathWal(wal, path, BRANCH)
        .read(
            file,
            () -> {
              ByteArrayOutputStream attempt = new ByteArrayOutputStream();
              attempts.add(attempt);
              return bytes -> {
                while (bytes.hasRemaining()) {
                  attempt.write(bytes.get());
                }
              };
            });
    return attempts.get(attempts.size() - 1).toByteArray();
  }

  private static WalPath path(TimelineHistory history, String to) {
    return new WalPath(history, Lsn.parse("0/100028"), Lsn.parse(to), SIZE);
  }

  @Test
  void isWholeWhenEachTimelineHasItsOwnFiles() {
    wal.has(Timeline.FIRST, "0/100000", "0/280000").has(TWO, "0/200000", "0/400000");

    assertThat(missing(BRANCH, "0/380000")).isEmpty();
  }

  @Test
  @DisplayName("W10: a segment that has vanished is named")
  void namesTheFirstByteThatIsNotThere() {
    wal.has(Timeline.FIRST, "0/100000", "0/200000")
        .has(TWO, "0/200000", "0/300000")
        .has(TWO, "0/400000", "0/500000");

    assertThat(missing(BRANCH, "0/480000"))
        .contains(new PathWal.Missing(TWO, Lsn.parse("0/300000")));
    assertThat(missing(BRANCH, "0/300000")).isEmpty();
  }

  @Test
  void takesTheEndOfATimelineThatNeverArrivedFromItsChild() {
    wal.has(Timeline.FIRST, "0/100000", "0/210000").has(TWO, "0/200000", "0/400000");
    WalPath path = path(ONE, "0/270000");

    assertThat(missing(ONE, "0/270000")).isEmpty();
    byte[] read = read(path, WalSegment.parse("000000010000000000000002", SIZE));

    assertThat(read).hasSize(0x70000);
    assertThat(Arrays.copyOf(read, 0x10000)).containsOnly(1);
    assertThat(Arrays.copyOfRange(read, 0x10000, 0x70000)).containsOnly(2);
  }

  @Test
  void doesNotTakeFromAChildWhatTheParentWroteAfterIt() {
    wal.has(Timeline.FIRST, "0/100000", "0/210000").has(TWO, "0/200000", "0/400000");

    assertThat(missing(ONE, "0/2C0000"))
        .contains(new PathWal.Missing(Timeline.FIRST, Lsn.parse("0/210000")));
    assertThatThrownBy(
            () -> read(path(ONE, "0/2C0000"), WalSegment.parse("000000010000000000000002", SIZE)))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WalGapInRange))
        .hasMessageContaining("0/210000");
  }

  @Test
  void isReadToTheEndOfThePathAndNotAByteFurther() {
    wal.has(Timeline.FIRST, "0/100000", "0/280000");

    assertThat(read(path(ONE, "0/230010"), WalSegment.parse("000000010000000000000002", SIZE)))
        .hasSize(0x30010);
  }

  /** WAL whose bytes are the number of the timeline in whose name they are kept. */
  private static final class Spans implements ArchivedWal {

    private record Span(Timeline timeline, Lsn from, Lsn to) {}

    private final List<Span> spans = new ArrayList<>();

    Spans has(Timeline timeline, String from, String to) {
      spans.add(new Span(timeline, Lsn.parse(from), Lsn.parse(to)));
      return this;
    }

    @Override
    public Lsn contiguousEnd(Timeline timeline, Lsn from) {
      return spans.stream()
          .filter(span -> span.timeline().equals(timeline))
          .filter(span -> !from.isBefore(span.from()) && from.isBefore(span.to()))
          .findFirst()
          .map(Span::to)
          .orElse(from);
    }

    @Override
    public void read(Timeline timeline, Lsn from, Lsn to, Consumer<ByteBuffer> sink) {
      Lsn end = contiguousEnd(timeline, from, to);
      byte[] bytes = new byte[(int) end.minus(from)];
      Arrays.fill(bytes, (byte) timeline.number());
      sink.accept(ByteBuffer.wrap(bytes));
      if (end.isBefore(to)) {
        throw new EngineException(Reason.WalGapInRange, "no WAL at " + end);
      }
    }

    @Override
    public Optional<TimelineHistory> history(Timeline timeline) {
      return Optional.empty();
    }
  }
}
