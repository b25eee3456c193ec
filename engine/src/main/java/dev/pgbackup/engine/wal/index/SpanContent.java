package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.List;

/**
 * What a span of the commit index says.
 *
 * @param nextXidAtFrom the next transaction id where it begins
 * @param nextXidAtTo the same where it ends
 * @param lastRecordStart the start of the last record in it
 * @param events in WAL order
 */
record SpanContent(
    IndexSpan span,
    Xid nextXidAtFrom,
    Xid nextXidAtTo,
    Lsn lastRecordStart,
    List<WalEvent> events) {

  SpanContent {
    events = List.copyOf(events);
  }
}
