package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.postgres.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the server's own extension {@code pg_walinspect} tells of records, and the decoder's events
 * in the same words.
 */
final class WalInspect {

  private WalInspect() {}

  /** One row of {@code pg_get_wal_records_info}. */
  record Row(
      Lsn start,
      Lsn end,
      Lsn previous,
      String xid,
      String manager,
      String type,
      String description) {

    /** What it says that the decoder must say too; nothing if the decoder passes over it. */
    Optional<String> told() {
      Function<String, String> said = this::after;
      String what =
          switch (manager + " " + type) {
            case "Transaction COMMIT", "Transaction ABORT" -> xid.equals("0") ? "" : end(xid);
            case "Transaction COMMIT_PREPARED", "Transaction ABORT_PREPARED" ->
                end(first("^(\\d+): "));
            case "Transaction PREPARE" ->
                first("^gid (\\S+): ") + " " + xid + " " + time() + subs();
            case "XLOG RESTORE_POINT" -> description;
            case "XLOG CHECKPOINT_SHUTDOWN", "XLOG CHECKPOINT_ONLINE" ->
                said.apply("redo")
                    + " "
                    + said.apply("tli")
                    + " "
                    + said.apply("prev tli")
                    + " "
                    + said.apply("xid");
            case "XLOG END_OF_RECOVERY" ->
                said.apply("tli") + " " + said.apply("prev tli") + " " + time();
            case "XLOG BACKUP_END" -> description;
            case "XLOG PARAMETER_CHANGE" -> first("^(.*) wal_level=");
            case "XLOG SWITCH" -> "switch";
            case "Database DROP" -> first("^dir \\d+/(\\d+)") + " " + xid;
            case "Standby RUNNING_XACTS" ->
                first("nextXid (\\d+)") + " " + first("oldestRunningXid (\\d+)");
            default -> "";
          };
      return what.isEmpty() ? Optional.empty() : Optional.of(start + " " + type + " " + what);
    }

    private String end(String whose) {
      return whose + " " + time() + subs() + " files" + list("rels");
    }

    /** The session's time zone is UTC. */
    private Instant time() {
      return Instant.parse(
          first("(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?)\\+00").replace(' ', 'T')
              + "Z");
    }

    private String subs() {
      return " subtransactions" + list("subxacts");
    }

    private String list(String name) {
      return find("; " + name + ": ([^;]*)").map(found -> " " + found.strip()).orElse("");
    }

    /** What stands behind a name. */
    private String after(String name) {
      return first("(?:^|; )" + name + " ([^;]*)");
    }

    private String first(String pattern) {
      return find(pattern)
          .orElseThrow(() -> new AssertionError("no " + pattern + " in " + description));
    }

    private Optional<String> find(String pattern) {
      Matcher matcher = Pattern.compile(pattern).matcher(description);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
  }

  static List<Row> records(WalOfServer wal) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Connection connection = wal.server.connect()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect");
        statement.execute("SET timezone = 'UTC'");
      }
      try (PreparedStatement query =
          connection.prepareStatement(
              "SELECT start_lsn, end_lsn, prev_lsn, xid, resource_manager, record_type,"
                  + " description FROM pg_get_wal_records_info(?::pg_lsn, ?::pg_lsn)")) {
        query.setString(1, wal.start.toString());
        query.setString(2, wal.end.toString());
        try (ResultSet row = query.executeQuery()) {
          while (row.next()) {
            rows.add(
                new Row(
                    Lsn.parse(row.getString(1)),
                    Lsn.parse(row.getString(2)),
                    Lsn.parse(row.getString(3)),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    Optional.ofNullable(row.getString(7)).orElse("").strip()));
          }
        }
      }
    }
    return rows;
  }

  /** An event, as {@link Row#told} would tell it. */
  static String told(WalEvent event) {
    String what;
    if (event instanceof WalEvent.TransactionEnd end) {
      what =
          (end instanceof WalEvent.Commit ? "COMMIT" : "ABORT")
              + (end.prepared() ? "_PREPARED " : " ")
              + end.xid()
              + " "
              + end.time()
              + " subtransactions"
              + list(end.subtransactions())
              + " files"
              + list(end.droppedFiles().stream().map(WalInspect::path).toList());
    } else if (event instanceof WalEvent.Prepare prepare) {
      what =
          "PREPARE "
              + prepare.globalId()
              + " "
              + prepare.xid()
              + " "
              + prepare.time()
              + " subtransactions"
              + list(prepare.subtransactions());
    } else if (event instanceof WalEvent.RestorePoint point) {
      what = "RESTORE_POINT " + point.name();
    } else if (event instanceof WalEvent.Checkpoint checkpoint) {
      what =
          (checkpoint.shutdown() ? "CHECKPOINT_SHUTDOWN " : "CHECKPOINT_ONLINE ")
              + checkpoint.redo()
              + " "
              + checkpoint.timeline()
              + " "
              + checkpoint.previousTimeline()
              + " "
              + checkpoint.nextXid().epoch()
              + ":"
              + checkpoint.nextXid().low();
    } else if (event instanceof WalEvent.EndOfRecovery recovery) {
      what =
          "END_OF_RECOVERY "
              + recovery.timeline()
              + " "
              + recovery.previousTimeline()
              + " "
              + recovery.time();
    } else if (event instanceof WalEvent.BackupEnd backup) {
      what = "BACKUP_END " + backup.startedAt();
    } else if (event instanceof WalEvent.ParameterChange change) {
      what =
          "PARAMETER_CHANGE max_connections="
              + change.maxConnections()
              + " max_worker_processes="
              + change.maxWorkerProcesses()
              + " max_wal_senders="
              + change.maxWalSenders()
              + " max_prepared_xacts="
              + change.maxPreparedTransactions()
              + " max_locks_per_xact="
              + change.maxLocksPerTransaction();
    } else if (event instanceof WalEvent.SegmentSwitch) {
      what = "SWITCH switch";
    } else if (event instanceof WalEvent.DatabaseDrop drop) {
      what = "DROP " + Integer.toUnsignedString(drop.database()) + " " + drop.xid();
    } else if (event instanceof WalEvent.RunningTransactions running) {
      what = "RUNNING_XACTS " + running.nextXid() + " " + running.oldestRunning();
    } else {
      throw new AssertionError("unexpected here: " + event);
    }
    return event.start() + " " + what;
  }

  private static String list(List<?> values) {
    return values.stream().map(value -> " " + value).collect(Collectors.joining());
  }

  private static String path(RelationFile file) {
    return switch (file.tablespace()) {
      case 1663 -> "base/" + file.database() + "/" + file.relation();
      case 1664 -> "global/" + file.relation();
      default -> throw new AssertionError("an unexpected tablespace: " + file);
    };
  }
}
