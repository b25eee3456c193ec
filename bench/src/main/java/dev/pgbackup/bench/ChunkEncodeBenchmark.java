package dev.pgbackup.bench;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.pgbackup.engine.archive.format.Chunk;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many chunks of 1 MiB a second one core hashes and compresses; operations a second are MiB/s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ChunkEncodeBenchmark {

  private static final int CHUNKS = 16;

  /** zstd's level. */
  @Param({"1", "3"})
  public int level;

  /**
   * Of a hundred bytes of a row, those that are random; the more, the less there is to compress.
   */
  @Param({"10", "50"})
  public int noise;

  private byte[] pages = new byte[0];
  private byte[] encoded = new byte[0];
  private MessageDigest sha256;
  private ZstdCompressCtx zstd;
  private int next;

  @Setup
  public void prepare() throws NoSuchAlgorithmException {
    pages = SyntheticPages.heap(CHUNKS * Chunk.SIZE, noise);
    encoded = new byte[(int) Zstd.compressBound(Chunk.SIZE)];
    sha256 = MessageDigest.getInstance("SHA-256");
    zstd = new ZstdCompressCtx();
    zstd.setLevel(level);
  }

  @TearDown
  public void close() {
    zstd.close();
  }

  @Benchmark
  public byte[] hash() {
    sha256.update(pages, offset(), Chunk.SIZE);
    return sha256.digest();
  }

  @Benchmark
  public int compress() {
    return zstd.compressByteArray(encoded, 0, encoded.length, pages, offset(), Chunk.SIZE);
  }

  @Benchmark
  public int encode() {
    int offset = offset();
    sha256.update(pages, offset, Chunk.SIZE);
    return sha256.digest()[0]
        + zstd.compressByteArray(encoded, 0, encoded.length, pages, offset, Chunk.SIZE);
  }

  private int offset() {
    next = (next + 1) % CHUNKS;
    return next * Chunk.SIZE;
  }
}
