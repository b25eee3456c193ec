package dev.pgbackup.engine.archive.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.Chunk.Encoding;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A bundle, whose bytes docs/archive-format.md describes")
class BundleTest {

  private static final String KEY = "base/data/00000000";

  /** Written by hand from the description of version 1.0; hashes and CRC by other programs. */
  private static final String GOLDEN =
      "616263" // the chunk "abc", raw
          + "64" // the chunk "d", raw
          // SHA-256 of abc, plain size, encoded size, raw
          + "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
          + "00000003"
          + "00000003"
          + "00"
          // the same of d
          + "18ac3e7343f016890c510e93f935261169d9e3f565436429830faf0934f4f8e4"
          + "00000001"
          + "00000001"
          + "00"
          + "0000000000000004" // offset of the directory
          + "00000002" // entries
          + "935b2f51" // CRC-32C
          + "0001" // major version
          + "0000" // minor version
          + "50474244"; // magic

  @TempDir private Path folder;
  private ObjectStore store;

  @BeforeEach
  void open() {
    store = DirectoryStore.open(folder);
  }

  @Test
  void is_written_as_described() {
    try (ChunkCodec codec = new ChunkCodec();
        BundleWriter writer = new BundleWriter(store, KEY)) {
      add(codec, writer, "abc".getBytes(StandardCharsets.US_ASCII));
      add(codec, writer, "d".getBytes(StandardCharsets.US_ASCII));
      assertThat(writer.commit()).isEqualTo(GOLDEN.length() / 2);
    }

    assertThat(HexFormat.of().formatHex(bytes())).isEqualTo(GOLDEN);
  }

  @Test
  void is_read_as_described() {
    put(HexFormat.of().parseHex(GOLDEN));

    BundleDirectory directory = BundleDirectory.read(store, KEY, GOLDEN.length() / 2);

    assertThat(directory.size()).isEqualTo(2);
    assertThat(directory.entry(0).hash())
        .hasToString("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    assertThat(directory.entry(1))
        .satisfies(
            entry -> {
              assertThat(entry.offset()).isEqualTo(3);
              assertThat(entry.size()).isEqualTo(1);
              assertThat(entry.plainSize()).isEqualTo(1);
              assertThat(entry.encoding()).isEqualTo(Encoding.Raw);
            });
  }

  @Test
  void gives_back_what_was_put_in_whatever_its_size() {
    List<byte[]> plain = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(i % 100 == 0 ? Chunk.SIZE : 300)];
      random.nextBytes(bytes);
      Arrays.fill(bytes, bytes.length / 3, bytes.length, (byte) i);
      plain.add(bytes);
    }
    List<Chunk> chunks = new ArrayList<>();
    long size;
    try (ChunkCodec codec = new ChunkCodec();
        BundleWriter writer = new BundleWriter(store, KEY)) {
      plain.forEach(bytes -> chunks.add(add(codec, writer, bytes)));
      size = writer.commit();
    }

    BundleDirectory directory = BundleDirectory.read(store, KEY, size);
    assertThat(directory.size()).isEqualTo(plain.size());
    for (int i = 0; i < chunks.size(); i++) {
      BundleDirectory.Entry entry = directory.entry(i);
      assertThat(
              new Chunk(
                  entry.plainSize(),
                  entry.hash().toString(),
                  0,
                  entry.offset(),
                  entry.size(),
                  entry.encoding()))
          .isEqualTo(chunks.get(i));
    }
    List<byte[]> read = new ArrayList<>();
    try (BundleReader reader = new BundleReader(store)) {
      reader.read(KEY, chunks, collect(read));
    }
    assertThat(read).usingElementComparator(Arrays::compare).containsExactlyElementsOf(plain);
  }

  @Test
  void a_chunk_that_several_files_share_is_handed_over_for_each() {
    List<byte[]> read = new ArrayList<>();
    byte[] shared = "shared".getBytes(StandardCharsets.US_ASCII);
    try (ChunkCodec codec = new ChunkCodec();
        BundleWriter writer = new BundleWriter(store, KEY);
        BundleReader reader = new BundleReader(store)) {
      Chunk chunk = add(codec, writer, shared);
      writer.commit();

      reader.read(KEY, List.of(chunk, chunk), collect(read));
    }

    assertThat(read).usingElementComparator(Arrays::compare).containsExactly(shared, shared);
  }

  @Test
  void without_commit_there_is_none() {
    try (ChunkCodec codec = new ChunkCodec();
        BundleWriter writer = new BundleWriter(store, KEY)) {
      add(codec, writer, new byte[1000]);
    }

    assertThat(store.head(KEY)).isEmpty();
  }

  @Test
  void a_directory_with_a_flipped_bit_or_a_missing_byte_is_refused() {
    byte[] golden = HexFormat.of().parseHex(GOLDEN);
    for (int at = 4; at < golden.length; at++) {
      byte[] flipped = golden.clone();
      flipped[at] ^= 4;
      if (at != golden.length - 5 && at != golden.length - 6) { // a minor version may be any
        assertRefused(flipped);
      }
    }
    assertRefused(Arrays.copyOf(golden, golden.length - 1));
    assertRefused(Arrays.copyOfRange(golden, 1, golden.length));
    assertRefused(new byte[3]);
  }

  private void assertRefused(byte[] bundle) {
    put(bundle);
    assertThatThrownBy(() -> BundleDirectory.read(store, KEY, bundle.length))
        .as(HexFormat.of().formatHex(bundle))
        .isInstanceOf(EngineException.class)
        .extracting(failure -> ((EngineException) failure).reason())
        .isIn(Reason.ArchiveDamaged, Reason.UnsupportedArchiveVersion);
  }

  private static BundleReader.Sink collect(List<byte[]> read) {
    return new BundleReader.Sink() {
      @Override
      public void intact(Chunk chunk, byte[] plain) {
        read.add(Arrays.copyOf(plain, chunk.n()));
      }

      @Override
      public void damaged(Chunk chunk) {
        throw new AssertionError(chunk + " is damaged");
      }
    };
  }

  private static Chunk add(ChunkCodec codec, BundleWriter writer, byte[] plain) {
    return writer.add(
        codec.hash(plain, plain.length), plain.length, codec.encode(plain, plain.length), 0);
  }

  private void put(byte[] bundle) {
    store.delete(List.of(KEY));
    store.put(KEY, List.of(ByteBuffer.wrap(bundle)), ObjectAttributes.NONE, PutOptions.CREATE);
  }

  private byte[] bytes() {
    return Content.read(store, KEY, ByteRange.ALL);
  }
}
