package dev.pgbackup.engine.wal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The next piece of WAL is read while the one before is worked on")
class ReadAheadTransportTest {

  private static final int MIB = 1 << 20;
  private static final int PIECE = MIB / 4;
  private static final WalSegmentSize SIZE = new WalSegmentSize(MIB);
  private static final Lsn START = Lsn.parse("0/5000000");

  private final byte[] wal = new byte[3 * MIB];
  private RecordedTransport server;
  private ReadAheadTransport transport;

  @BeforeEach
  void open() {
    new Random(7).nextBytes(wal);
    server = new RecordedTransport(START, wal);
    transport = new ReadAheadTransport(server);
  }

  @AfterEach
  void close() {
    transport.close();
  }

  private boolean read(Lsn from, ByteBuffer into) {
    return transport.read(WalSegment.containing(Timeline.FIRST, from, SIZE), from, into);
  }

  private byte[] read(Lsn from, int length) {
    ByteBuffer into = ByteBuffer.allocate(length);
    assertThat(read(from, into)).isTrue();
    return into.array();
  }

  private byte[] wal(Lsn from, int length) {
    int offset = (int) from.minus(START);
    return Arrays.copyOfRange(wal, offset, offset + length);
  }

  private void awaitReads(Lsn... positions) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(1))
        .untilAsserted(() -> assertThat(server.reads()).containsExactly(positions));
  }

  @Test
  @DisplayName("the bytes are those of the server, over the ends of segments")
  void sameBytes() {
    transport.poll();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Lsn at = START; at.isBefore(START.plus(wal.length)); at = at.plus(PIECE)) {
      all.writeBytes(read(at, PIECE));
      transport.confirm(at);
    }
    assertThat(all.toByteArray()).isEqualTo(wal);
    assertThat(server.reads()).hasSize(wal.length / PIECE).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("before anybody asks")
  void ahead() {
    transport.poll();
    read(START, PIECE);
    awaitReads(START, START.plus(PIECE));
  }

  @Test
  @DisplayName("not beyond the last known end of the WAL, where the server still writes")
  void notBeyondTheTip() {
    server.endAt(START.plus(PIECE + PIECE / 2));
    transport.poll();
    read(START, PIECE);
    read(START.plus(PIECE), PIECE / 2);
    assertThat(server.reads()).isEqualTo(List.of(START, START.plus(PIECE)));
  }

  @Test
  @DisplayName("what was read in vain is not given out as something else")
  void anotherPieceIsAskedFor() {
    transport.poll();
    read(START, PIECE);
    Lsn elsewhere = START.plus(2L * MIB);
    assertThat(read(elsewhere, PIECE)).isEqualTo(wal(elsewhere, PIECE));
    assertThat(read(START.plus(PIECE), PIECE / 2)).isEqualTo(wal(START.plus(PIECE), PIECE / 2));
  }

  @Test
  @DisplayName("a failure is reported by the next read, and nothing is made up")
  void failure() {
    transport.poll();
    read(START, PIECE);
    awaitReads(START, START.plus(PIECE));
    read(START.plus(PIECE), PIECE);
    server.breakDown();
    ByteBuffer into = ByteBuffer.allocate(PIECE);
    assertThatThrownBy(
            () -> {
              read(START.plus(2L * PIECE), into);
              read(START.plus(3L * PIECE), into.clear());
            })
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("broken");
  }

  @Test
  @DisplayName("what the server does not have is asked for again, not remembered")
  void absent() {
    server.endAt(START.plus(wal.length + PIECE));
    transport.poll();
    Lsn last = START.plus(wal.length - PIECE);
    read(last, PIECE);
    ByteBuffer into = ByteBuffer.allocate(PIECE);
    assertThat(read(START.plus(wal.length), into)).isFalse();
    assertThat(into.remaining()).isEqualTo(PIECE);
    assertThat(server.reads()).containsExactly(last, last.plus(PIECE), last.plus(PIECE));
  }
}
