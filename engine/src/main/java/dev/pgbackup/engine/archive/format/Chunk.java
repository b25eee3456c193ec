package dev.pgbackup.engine.archive.format;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * A piece of a file and where it is kept. Fields have short names because there are millions.
 *
 * @param n plain bytes
 * @param h SHA-256 of the plain bytes, base64url without padding; empty for zeros
 * @param b position in {@link BackupManifest.FileList#bundles()}; -1: all bytes are zero and
 *     nothing is stored
 * @param o offset of the encoded chunk in the bundle, bytes
 * @param s size of the encoded chunk, bytes
 * @param e how it is encoded
 */
public record Chunk(int n, String h, int b, long o, int s, Encoding e) {

  /** Plain size of every chunk of a file but the last. */
  public static final int SIZE = 1 << 20;

  /** How a chunk is encoded. */
  public enum Encoding {
    /** As it is. */
    Raw,
    /** One zstd frame. */
    Zstd
  }

  public static Chunk zeros(int plainSize) {
    return new Chunk(plainSize, "", -1, 0, 0, Encoding.Raw);
  }

  @JsonIgnore
  public boolean isZero() {
    return b < 0;
  }
}
