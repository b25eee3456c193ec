package dev.pgbackup.engine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Bytes to write to a store, and what a store has. */
public final class Content {

  private Content() {}

  public static List<ByteBuffer> of(String text) {
    return List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Bytes that do not repeat, the same for the same seed. */
  public static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  public static byte[] read(ObjectStore store, String key, ByteRange range) {
    try (ObjectContent content = store.get(key, range)) {
      return content.stream().readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public static String text(ObjectStore store, String key) {
    return new String(read(store, key, ByteRange.ALL), StandardCharsets.UTF_8);
  }
}
