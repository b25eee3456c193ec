package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.postgres.Lsn;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("WAL is looked at in another thread than the one that packs it")
class BackgroundFollowerTest {

  private static final int PIECES = 200;
  private static final int PIECE = 64 << 10;

  /** Keeps what it is given. */
  private static class Recorder implements WalFollower {
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    volatile Lsn durable = Lsn.ZERO;
    volatile boolean closed;

    @Override
    public void received(ByteBuffer wal) {
      byte[] piece = new byte[wal.remaining()];
      wal.duplicate().get(piece);
      received.writeBytes(piece);
    }

    @Override
    public void durable(Lsn position) {
      durable = position;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  @DisplayName("all of it, in order, though the caller uses its buffer again at once")
  void everything() {
    Recorder recorder = new Recorder();
    Random random = new Random(3);
    ByteArrayOutputStream given = new ByteArrayOutputStream();
    try (BackgroundFollower follower = new BackgroundFollower(recorder)) {
      byte[] buffer = new byte[PIECE];
      for (int i = 0; i < PIECES; i++) {
        random.nextBytes(buffer);
        ByteBuffer wal = ByteBuffer.wrap(buffer, 0, 1 + random.nextInt(PIECE));
        given.write(buffer, 0, wal.remaining());
        follower.received(wal);
        assertThat(wal.position()).isZero();
      }
    }
    assertThat(recorder.closed).isTrue();
    assertThat(recorder.received.toByteArray()).isEqualTo(given.toByteArray());
  }

  @Test
  @DisplayName("what is durable was looked at before")
  void durable() {
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    Recorder recorder =
        new Recorder() {
          @Override
          public void durable(Lsn position) {
            super.durable(position);
            seen.writeBytes(received.toByteArray());
          }
        };
    try (BackgroundFollower follower = new BackgroundFollower(recorder)) {
      byte[] wal = new byte[PIECE];
      new Random(4).nextBytes(wal);
      follower.received(ByteBuffer.wrap(wal));
      follower.durable(Lsn.parse("0/123"));
      assertThat(recorder.durable).isEqualTo(Lsn.parse("0/123"));
      assertThat(seen.toByteArray()).isEqualTo(wal);
    }
  }

  @Test
  @DisplayName("an error of a follower is not lost, and it is closed all the same")
  void failure() {
    Recorder recorder =
        new Recorder() {
          @Override
          public void received(ByteBuffer wal) {
            throw new IllegalArgumentException("nonsense");
          }
        };
    BackgroundFollower follower = new BackgroundFollower(recorder);
    follower.received(ByteBuffer.allocate(PIECE));
    assertThatThrownBy(follower::close).hasRootCauseMessage("nonsense");
    assertThat(recorder.closed).isTrue();
  }
}
