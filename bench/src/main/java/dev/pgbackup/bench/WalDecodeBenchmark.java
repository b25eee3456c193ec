package dev.pgbackup.bench;

import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.WalDecoder;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * How many segments of 16 MiB a second the decoder reads on one core, in pieces as a receiver hands
 * them over.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class WalDecodeBenchmark {

  private static final int PIECE = 128 << 10;

  /**
   * Of a hundred records, those that carry a page: none between checkpoints, many right after one.
   */
  @Param({"0", "20"})
  public int fullPageImages;

  private SyntheticWal.Segment segment;

  @Setup
  public void prepare() {
    segment = SyntheticWal.segment(fullPageImages);
  }

  @Benchmark
  public WalDecoder segment(Blackhole events) {
    WalDecoder decoder =
        new WalDecoder(segment.format(), SyntheticWal.START, new Xid(1000), events::consume);
    ByteBuffer wal = segment.bytes().duplicate();
    int end = wal.limit();
    while (wal.position() < end) {
      wal.limit(Math.min(end, wal.position() + PIECE));
      decoder.accept(wal);
    }
    return decoder;
  }
}
