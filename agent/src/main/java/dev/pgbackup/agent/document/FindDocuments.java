package dev.pgbackup.agent.document;

import dev.pgbackup.agent.find.EventSearch;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.report.FindDocument;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.RelationFile;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events of the WAL. */
public final class FindDocuments {

  private FindDocuments() {}

  public static FindDocument found(Archive archive, EventSearch.Result result) {
    return new FindDocument(
        ContractJson.VERSION,
        archive.id().toString(),
        result.timeline().number(),
        result.complete(),
        result.events().stream().map(FindDocuments::event).toList());
  }

  private static FindDocument.Event event(EventSearch.Found found) {
    Timeline timeline = found.event().timeline();
    WalEvent event = found.event().event();
    if (event instanceof WalEvent.TransactionEnd end) {
      return transaction(found.match(), timeline, end);
    } else if (event instanceof WalEvent.Prepare prepare) {
      return new FindDocument.Event(
          found.match(),
          "Prepare",
          timeline.number(),
          prepare.start().toString(),
          prepare.xid().toString(),
          prepare.time(),
          xids(prepare.subtransactions()),
          prepare.globalId(),
          null,
          List.of(),
          before(event));
    } else if (event instanceof WalEvent.RestorePoint point) {
      return new FindDocument.Event(
          found.match(),
          "RestorePoint",
          timeline.number(),
          point.start().toString(),
          null,
          point.time(),
          List.of(),
          point.name(),
          null,
          List.of(),
          before(event));
    } else if (event instanceof WalEvent.DatabaseDrop drop) {
      return new FindDocument.Event(
          found.match(),
          "DatabaseDrop",
          timeline.number(),
          drop.start().toString(),
          drop.xid().toString(),
          null,
          List.of(),
          null,
          Integer.toUnsignedLong(drop.database()),
          List.of(),
          before(event));
    }
    throw new IllegalStateException("nobody looks for " + event);
  }

  private static FindDocument.Event transaction(
      boolean match, Timeline timeline, WalEvent.TransactionEnd end) {
    boolean commit = end instanceof WalEvent.Commit;
    return new FindDocument.Event(
        match,
        commit ? "Commit" : "Abort",
        timeline.number(),
        end.start().toString(),
        end.xid().toString(),
        end.time(),
        xids(end.subtransactions()),
        null,
        null,
        end.droppedFiles().stream().map(RelationFile::toString).toList(),
        commit ? "--target-xid " + end.xid() + " --exclusive" : null);
  }

  /** Files of a database go when its own record is replayed, before the commit. */
  private static @Nullable String before(WalEvent event) {
    return "--target-lsn " + event.start() + " --exclusive";
  }

  private static List<String> xids(List<Xid> xids) {
    return xids.stream().map(Xid::toString).toList();
  }
}
