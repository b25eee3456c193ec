package dev.pgbackup.engine.restore.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.restore.plan.WalPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Segments lie ready before a server asks for them")
class WalSpoolTest {

  private static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);

  /** Segments 1 to 9. */
  private final WalPath path =
      new WalPath(
          TimelineHistory.root(Timeline.FIRST), Lsn.parse("0/100028"), Lsn.parse("0/900100"), SIZE);

  private final WalSpool spool = new WalSpool(path, 3);

  private static WalSegment segment(int number) {
    return WalSegment.containing(Timeline.FIRST, new Lsn((long) number << 20), SIZE);
  }

  private int take() throws InterruptedException {
    return (int) (spool.take().orElseThrow().start().value() >> 20);
  }

  private boolean takeWaits() throws ExecutionException, InterruptedException {
    CompletableFuture<Optional<WalSegment>> taking =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return spool.take();
              } catch (InterruptedException e) {
                return Optional.empty();
              }
            });
    try {
      taking.get(100, TimeUnit.MILLISECONDS);
      return false;
    } catch (TimeoutException e) {
      spool.close();
      return taking.get().isEmpty();
    }
  }

  @Test
  void asManyAsThereIsRoomForInTheirOrder() throws Exception {
    spool.ask(segment(1));

    assertThat(List.of(take(), take(), take())).containsExactly(1, 2, 3);
    assertThat(takeWaits()).isTrue();
  }

  @Test
  void theNextOneWhenTheServerHasComeFurther() throws Exception {
    spool.ask(segment(1));
    for (int i = 1; i <= 3; i++) {
      take();
      spool.ready(segment(i));
    }

    assertThat(spool.ask(segment(2))).isEmpty();
    assertThat(take()).isEqualTo(4);
    assertThat(spool.ask(segment(3))).containsExactly(segment(1));
    assertThat(take()).isEqualTo(5);
  }

  @Test
  void theOneThatIsAskedForComesFirstWhereverItLies() throws Exception {
    spool.ask(segment(1));
    take();

    spool.ask(segment(7));

    assertThat(List.of(take(), take(), take())).containsExactly(7, 8, 9);
    assertThat(takeWaits()).isTrue();
  }

  @Test
  @DisplayName("again and again, if a server comes back to one that it has left behind")
  void againIfTheServerComesBack() throws Exception {
    List<Integer> taken = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      spool.ask(segment(i));
      while (!spool.isReady(segment(i))) {
        int next = take();
        taken.add(next);
        spool.ready(segment(next));
      }
    }
    assertThat(spool.isReady(segment(2))).isFalse();

    spool.ask(segment(2));

    assertThat(take()).isEqualTo(2);
    assertThat(taken).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void neverMoreThanTheWindowAndWhatTheServerHasJustLeft() throws Exception {
    int most = 0;
    for (int i = 1; i <= 9; i++) {
      spool.ask(segment(i));
      for (int k = i; k < Math.min(10, i + 3); k++) {
        if (!spool.isReady(segment(k))) {
          spool.ready(segment(take()));
        }
      }
      int ready = 0;
      for (int k = 1; k <= 9; k++) {
        ready += spool.isReady(segment(k)) ? 1 : 0;
      }
      most = Math.max(most, ready);
    }
    assertThat(most).isEqualTo(4);
  }
}
