package dev.pgbackup.engine.archive.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.Chunk.Encoding;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A chunk is packed where that helps, and never given back other than it was")
class ChunkCodecTest {

  private final ChunkCodec codec = new ChunkCodec();

  @AfterEach
  void close() {
    codec.close();
  }

  @Test
  void what_does_not_compress_stays_raw() {
    byte[] random = new byte[Chunk.SIZE];
    new Random(1).nextBytes(random);

    EncodedChunk encoded = codec.encode(random, random.length);

    assertThat(encoded.encoding()).isEqualTo(Encoding.Raw);
    assertThat(encoded.bytes().remaining()).isEqualTo(random.length);
  }

  @Test
  void every_flipped_bit_is_noticed_packed_or_raw() {
    byte[] text = new byte[5000];
    Arrays.fill(text, 100, 5000, (byte) 'x');
    byte[] noise = new byte[300];
    new Random(2).nextBytes(noise);
    assertEveryFlipIsNoticed(text, Encoding.Zstd);
    assertEveryFlipIsNoticed(noise, Encoding.Raw);
  }

  private void assertEveryFlipIsNoticed(byte[] plain, Encoding expected) {
    EncodedChunk encoded = codec.encode(plain, plain.length);
    assertThat(encoded.encoding()).isEqualTo(expected);
    byte[] stored = new byte[encoded.bytes().remaining()];
    encoded.bytes().get(stored);
    Chunk chunk =
        new Chunk(
            plain.length,
            codec.hash(plain, plain.length).toString(),
            0,
            0,
            stored.length,
            encoded.encoding());
    byte[] back = new byte[Chunk.SIZE];
    assertThat(codec.decode(chunk, stored, 0, back)).isTrue();
    assertThat(back).startsWith(plain);
    for (int bit = 0; bit < stored.length * 8; bit++) {
      stored[bit / 8] ^= (byte) (1 << (bit % 8));
      boolean same =
          codec.decode(chunk, stored, 0, back)
              && Arrays.equals(back, 0, plain.length, plain, 0, plain.length);
      boolean refused = !codec.decode(chunk, stored, 0, back);
      assertThat(same || refused).as("bit " + bit).isTrue();
      stored[bit / 8] ^= (byte) (1 << (bit % 8));
    }
  }

  @Test
  void only_zeros_are_zeros() {
    for (int length : new int[] {1, 7, 8, 9, 8192, Chunk.SIZE - 3}) {
      byte[] bytes = new byte[length + 1];
      bytes[length] = 1;
      assertThat(ChunkCodec.isZero(bytes, length)).as(length + " zeros").isTrue();
      bytes[length - 1] = 1;
      assertThat(ChunkCodec.isZero(bytes, length)).as("a one at the end").isFalse();
      bytes[length - 1] = 0;
      bytes[0] = 1;
      assertThat(ChunkCodec.isZero(bytes, length)).as("a one at the beginning").isFalse();
    }
  }
}
