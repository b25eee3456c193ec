package dev.pgbackup.engine.backup;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * The rows of {@code COPY (…) TO STDOUT (FORMAT binary)}, one at a time. The fastest way to get
 * many bytes out of a server: no row is asked for, none is kept.
 */
final class BinaryCopy implements AutoCloseable {

  private static final int SIGNATURE = 11;
  private static final int FIXED_HEADER = SIGNATURE + 8;

  private final CopyOut copy;
  private byte[] message = new byte[0];
  private int[] offsets = new int[4];
  private int[] lengths = new int[4];
  private boolean begun;

  /** Begins; the connection is busy until the end is reached or this is closed. */
  BinaryCopy(Connection connection, String query) throws SQLException {
    this.copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)");
  }

  /** Goes to the next row; false at the end. */
  boolean next() throws SQLException {
    byte[] received = copy.readFromCopy();
    if (received == null) {
      return false;
    }
    message = received;
    ByteBuffer in = ByteBuffer.wrap(received);
    if (!begun) {
      begun = true;
      in.position(FIXED_HEADER + in.getInt(SIGNATURE + 4));
      if (!in.hasRemaining()) {
        return next();
      }
    }
    int fields = in.getShort();
    if (fields < 0) {
      return next();
    }
    read(in, fields);
    return true;
  }

  private void read(ByteBuffer in, int fields) throws SQLException {
    if (fields > offsets.length) {
      offsets = new int[fields];
      lengths = new int[fields];
    }
    for (int i = 0; i < fields; i++) {
      lengths[i] = in.getInt();
      offsets[i] = in.position();
      in.position(in.position() + Math.max(0, lengths[i]));
    }
    if (in.hasRemaining()) {
      throw new SQLException("the server sent a row of a COPY with bytes behind its end");
    }
  }

  /** What the row's fields lie in; not changed by the next row. */
  byte[] buffer() {
    return message;
  }

  int offset(int field) {
    return offsets[field];
  }

  /** Bytes of a field; -1: null. */
  int length(int field) {
    return lengths[field];
  }

  int intAt(int field) {
    return ByteBuffer.wrap(message).getInt(offsets[field]);
  }

  long longAt(int field) {
    return ByteBuffer.wrap(message).getLong(offsets[field]);
  }

  boolean booleanAt(int field) {
    return message[offsets[field]] != 0;
  }

  /** Reads what is left, unless the server has nothing left to send. */
  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }
}
