package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The bytes of a span before compression: a header, then entries. See {@code
 * docs/archive-format.md}.
 */
final class SpanCodec {

  private static final int MAGIC = 0x50474258;
  private static final short MAJOR = 1;
  private static final short MINOR = 0;
  private static final int HEADER = 56;

  private SpanCodec() {}

  static EncodedSpan encode(
      IndexSpan span, Xid nextXidAtFrom, Xid nextXidAtTo, Lsn lastRecordStart, byte[] entries) {
    ByteBuffer out = ByteBuffer.allocate(HEADER + entries.length);
    out.putInt(MAGIC).putShort(MAJOR).putShort(MINOR).putInt(HEADER);
    out.putInt(span.timeline().number());
    out.putLong(span.from().value()).putLong(span.to().value());
    out.putLong(nextXidAtFrom.value()).putLong(nextXidAtTo.value());
    out.putLong(lastRecordStart.value());
    out.put(entries);
    return new EncodedSpan(span, out.array());
  }

  /**
   * @throws EngineException with {@code ArchiveDamaged} or {@code UnsupportedArchiveVersion}
   */
  static SpanContent decode(EncodedSpan encoded, String what) {
    IndexSpan span = encoded.span();
    ByteBuffer in = ByteBuffer.wrap(encoded.plain());
    try {
      int magic = in.getInt();
      short major = in.getShort();
      in.getShort();
      int header = in.getInt();
      if (magic == MAGIC && major != MAJOR) {
        throw new EngineException(
            Reason.UnsupportedArchiveVersion,
            what
                + " is a commit index of version "
                + major
                + "; this program reads "
                + MAJOR
                + ". Use the version of pgbackup that wrote it, or a newer one.");
      }
      boolean right =
          magic == MAGIC
              && header >= HEADER
              && in.getInt() == span.timeline().number()
              && in.getLong() == span.from().value()
              && in.getLong() == span.to().value();
      if (right) {
        Xid nextXidAtFrom = new Xid(in.getLong());
        Xid nextXidAtTo = new Xid(in.getLong());
        Lsn lastRecordStart = new Lsn(in.getLong());
        return new SpanContent(
            span,
            nextXidAtFrom,
            nextXidAtTo,
            lastRecordStart,
            new EventDecoder(span.from(), in.position(header)).all());
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw damaged(what, e);
    }
    throw damaged(what, null);
  }

  static EngineException damaged(String what, @org.jspecify.annotations.Nullable Exception cause) {
    return new EngineException(
        Reason.ArchiveDamaged,
        what + " is damaged. It is only a cache: delete it, and the WAL beside it is read instead.",
        cause);
  }
}
