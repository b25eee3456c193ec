package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.decorate.FaultyStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("From a stream of WAL to objects")
class SegmentPipelineTest {

  private static final int MIB = 1 << 20;
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  @TempDir Path directory;
  private final StoreSwitch faults = new StoreSwitch();
  private DirectoryStore disk;
  private ObjectStore store;
  private Archive archive;
  private Ownership ownership;
  private final List<Runnable> chores = new ArrayList<>();
  private long now;

  @BeforeEach
  void open() {
    disk = DirectoryStore.open(directory);
    store = new FaultyStore(disk, faults);
    open(new WalSegmentSize(MIB));
  }

  private void open(WalSegmentSize size) {
    archive =
        Archive.openOrCreate(store, SystemIdentifier.parse("700" + size.bytes()), 16, size, 1);
    ownership =
        new Ownership(
            archive,
            new Ownership.Writer("host", "database", "slot"),
            null,
            Ownership.Lease.DEFAULT,
            Clock.systemUTC());
    assertThat(ownership.take()).isEmpty();
  }

  @AfterEach
  void close() {
    disk.close();
  }

  /** Writes within the calls of the test, so that nothing depends on time. */
  private SegmentPipeline pipeline(long memory) {
    return new SegmentPipeline(
        archive.segmentSize(),
        new WalObjectWriter(archive, ownership),
        Runnable::run,
        new SegmentPipeline.Limits(INTERVAL, memory, 2),
        () -> {},
        chores::add);
  }

  private static byte[] noise(int seed, int bytes) {
    byte[] noise = new byte[bytes];
    new Random(seed).nextBytes(noise);
    return noise;
  }

  private void settle(SegmentPipeline pipeline) {
    for (int i = 0; i < 50 && !pipeline.isSettled(); i++) {
      pipeline.flush();
      pipeline.advance(now);
      now += Duration.ofMinutes(1).toNanos();
    }
    assertThat(pipeline.isSettled()).isTrue();
    tidy();
  }

  private void tidy() {
    chores.forEach(Runnable::run);
    chores.clear();
  }

  private byte[] archived(Timeline timeline, Lsn from, Lsn to) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new StoreArchivedWal(archive)
        .read(
            timeline,
            from,
            to,
            buffer -> {
              byte[] piece = new byte[buffer.remaining()];
              buffer.duplicate().get(piece);
              bytes.writeBytes(piece);
            });
    return bytes.toByteArray();
  }

  private List<String> keys() {
    return disk.list(archive.id() + "/wal/", "").map(ObjectInfo::key).toList();
  }

  private WalSegment segment(Lsn position) {
    return WalSegment.containing(Timeline.FIRST, position, archive.segmentSize());
  }

  @Test
  @DisplayName("W1: over the boundary of a log, the names are PostgreSQL's")
  void crossesTheBoundaryOfALog() {
    Lsn start = Lsn.parse("0/FFE00000");
    byte[] wal = noise(1, 4 * MIB);
    try (SegmentPipeline pipeline = pipeline(64 * MIB)) {
      pipeline.begin(Timeline.FIRST, start, List.of());
      pipeline.accept(ByteBuffer.wrap(wal));
      settle(pipeline);
      assertThat(pipeline.durable()).isEqualTo(start.plus(wal.length));
    }
    assertThat(keys())
        .containsExactly(
            archive.id() + "/wal/00000001/00000000/000000010000000000000FFE",
            archive.id() + "/wal/00000001/00000000/000000010000000000000FFF",
            archive.id() + "/wal/00000001/00000001/000000010000000100000000",
            archive.id() + "/wal/00000001/00000001/000000010000000100000001");
    assertThat(archived(Timeline.FIRST, start, start.plus(wal.length))).isEqualTo(wal);
    assertThat(new StoreArchivedWal(archive).contiguousEnd(Timeline.FIRST, start))
        .isEqualTo(start.plus(wal.length));
  }

  @Test
  @DisplayName("W6: little by little, tails stay few, and the sealed segment takes their place")
  void growsLittleByLittle() {
    Lsn start = new Lsn(5 * MIB);
    byte[] wal = noise(2, MIB);
    try (SegmentPipeline pipeline = pipeline(8 * MIB)) {
      pipeline.begin(Timeline.FIRST, start, List.of());
      int step = 1000;
      for (int i = 0; i < wal.length; i += step) {
        pipeline.accept(ByteBuffer.wrap(wal, i, Math.min(step, wal.length - i)));
        pipeline.advance(now);
        now += INTERVAL.toNanos();
        pipeline.advance(now);
        pipeline.advance(now);
        assertThat(pipeline.isDrained()).isTrue();
        tidy();
        assertThat(keys().size()).isLessThanOrEqualTo(TailPlan.MOST);
      }
      assertThat(archived(Timeline.FIRST, start, start.plus(wal.length))).isEqualTo(wal);
      settle(pipeline);
    }
    assertThat(keys()).containsExactly(archive.layout().segment(segment(start)));
    assertThat(archived(Timeline.FIRST, start, start.plus(wal.length))).isEqualTo(wal);
  }

  @Test
  @DisplayName("nothing is stored before the flush interval is over, nor when nothing comes")
  void waitsForTheInterval() {
    try (SegmentPipeline pipeline = pipeline(8 * MIB)) {
      pipeline.begin(Timeline.FIRST, new Lsn(5 * MIB), List.of());
      pipeline.accept(ByteBuffer.wrap(noise(3, 1000)));
      pipeline.advance(now);
      now += INTERVAL.toNanos() - 1;
      pipeline.advance(now);
      assertThat(keys()).isEmpty();
      now += 1;
      pipeline.advance(now);
      assertThat(keys()).hasSize(1);
      now += INTERVAL.multipliedBy(100).toNanos();
      pipeline.advance(now);
      assertThat(keys()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 64})
  @DisplayName("W1: memory stays within its limit, also for segments that are bigger than it")
  void boundsMemory(int segmentMiB) throws NoSuchAlgorithmException {
    open(new WalSegmentSize(segmentMiB * MIB));
    long memory = 8 * MIB;
    Lsn start = new Lsn((long) segmentMiB * MIB);
    byte[] piece = noise(4, 512 << 10);
    MessageDigest written = MessageDigest.getInstance("SHA-256");
    Lsn end = start;
    try (SegmentPipeline pipeline = pipeline(memory)) {
      pipeline.begin(Timeline.FIRST, start, List.of());
      for (int i = 0; i < 2 * 80; i++) {
        piece[0] = (byte) i;
        for (int tries = 0; !pipeline.hasRoom(); tries++) {
          assertThat(tries).as("room is made").isLessThan(100);
          pipeline.advance(now);
        }
        pipeline.accept(ByteBuffer.wrap(piece));
        written.update(piece);
        end = end.plus(piece.length);
        assertThat(pipeline.heldBytes())
            .isLessThanOrEqualTo(memory + piece.length + (piece.length >> 6));
        pipeline.advance(now);
      }
      settle(pipeline);
    }
    MessageDigest read = MessageDigest.getInstance("SHA-256");
    new StoreArchivedWal(archive).read(Timeline.FIRST, start, end, read::update);
    assertThat(read.digest()).isEqualTo(written.digest());
    assertThat(keys().stream().filter(key -> !key.contains(".tail/")))
        .hasSize((int) (80 / segmentMiB));
  }

  @Test
  @DisplayName("W3: what a killed run left in tails is continued, merged and sealed")
  void continuesTails() {
    Lsn start = new Lsn(7 * MIB);
    byte[] wal = noise(5, MIB);
    Random random = new Random(6);
    int written = 0;
    int runs = 0;
    while (written < wal.length) {
      SegmentTails tails =
          SegmentTails.of(segment(start), new StoreArchivedWal(archive).objects(segment(start)));
      int known = (int) tails.end(segment(start)).minus(start);
      try (SegmentPipeline pipeline = pipeline(8 * MIB)) {
        pipeline.begin(Timeline.FIRST, start, tails.inOrder());
        assertThat(pipeline.durable()).isEqualTo(start.plus(known));
        int to = Math.min(wal.length, known + 1 + random.nextInt(60_000));
        for (int i = 0; i < to; ) {
          int step = Math.min(to - i, 1 + random.nextInt(20_000));
          pipeline.accept(ByteBuffer.wrap(wal, i, step));
          i += step;
          pipeline.flush();
          pipeline.advance(now);
          pipeline.advance(now);
        }
        written = to;
        if (written == wal.length) {
          settle(pipeline);
        }
      }
      // the chores of a killed run are never done
      if (written < wal.length && random.nextBoolean()) {
        chores.clear();
      }
      runs++;
      assertThat(archived(Timeline.FIRST, start, start.plus(written)))
          .isEqualTo(Arrays.copyOf(wal, written));
    }
    assertThat(runs).isGreaterThan(10);
    assertThat(keys()).containsExactly(archive.layout().segment(segment(start)));
  }

  @Test
  @DisplayName("W7: the same segment again is fine; another one ends archiving, tails included")
  void refusesOtherContent() {
    Lsn start = new Lsn(9 * MIB);
    byte[] wal = noise(7, MIB + 5000);
    write(start, wal);
    List<String> before = keys();
    write(start, wal);
    assertThat(keys()).isEqualTo(before);

    byte[] otherSegment = wal.clone();
    otherSegment[100] ^= 1;
    assertThatThrownBy(() -> write(start, otherSegment))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DivergentWal));
    byte[] otherTail = wal.clone();
    otherTail[MIB + 100] ^= 1;
    assertThatThrownBy(() -> write(start, otherTail))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DivergentWal));
    assertThat(archived(Timeline.FIRST, start, start.plus(wal.length))).isEqualTo(wal);
  }

  private void write(Lsn start, byte[] wal) {
    try (SegmentPipeline pipeline = pipeline(8 * MIB)) {
      pipeline.begin(Timeline.FIRST, start, List.of());
      pipeline.accept(ByteBuffer.wrap(wal));
      settle(pipeline);
    }
  }

  @Test
  @DisplayName("W5: durable never passes what the store has, and a failed write is done again")
  void waitsForTheStore() {
    Lsn start = new Lsn(3 * MIB);
    byte[] wal = noise(8, 3 * MIB + 77);
    try (SegmentPipeline pipeline = pipeline(8 * MIB)) {
      pipeline.begin(Timeline.FIRST, start, List.of());
      faults.fail();
      pipeline.accept(ByteBuffer.wrap(wal));
      for (int i = 0; i < 20; i++) {
        now += INTERVAL.multipliedBy(10).toNanos();
        pipeline.advance(now);
        assertThat(pipeline.durable()).isEqualTo(start);
      }
      assertThat(pipeline.trouble()).isPresent();
      faults.work();
      settle(pipeline);
      assertThat(pipeline.trouble()).isEmpty();
      assertThat(pipeline.durable()).isEqualTo(start.plus(wal.length));
    }
    assertThat(archived(Timeline.FIRST, start, start.plus(wal.length))).isEqualTo(wal);
  }
}
