package dev.pgbackup.engine.wal;

/** How WAL is packed: zstd frames in a row, each with a checksum of its own. */
final class WalCodec {

  static final int LEVEL = 1;

  /** Plain bytes of a frame, at most. */
  static final int FRAME = 256 << 10;

  private WalCodec() {}
}
