package dev.pgbackup.engine.wal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.RecordedTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("WAL of real servers is decoded as the servers themselves tell it")
class WalDecoderIT {

  private static final List<WalOfServer> SERVERS = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    for (PostgresBinaries binaries : PostgresBinaries.available()) {
      SERVERS.add(new WalOfServer(binaries));
    }
  }

  @AfterAll
  static void stop() {
    SERVERS.forEach(wal -> wal.server.close());
  }

  static List<WalOfServer> servers() {
    return SERVERS;
  }

  @ParameterizedTest
  @MethodSource("servers")
  void every_record_lies_where_pg_walinspect_says(WalOfServer wal) throws Exception {
    assumeTrue(wal.server.binaries().major() >= 15, "pg_walinspect comes with PostgreSQL 15");

    List<WalOfServer.Boundary> expected =
        WalInspect.records(wal).stream()
            .map(row -> new WalOfServer.Boundary(row.start(), row.end(), row.previous()))
            .toList();

    assertThat(wal.boundaries).hasSizeGreaterThan(1000).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void records_say_what_pg_walinspect_says(WalOfServer wal) throws Exception {
    assumeTrue(wal.server.binaries().major() >= 15, "pg_walinspect comes with PostgreSQL 15");

    List<String> expected =
        WalInspect.records(wal).stream().flatMap(row -> row.told().stream()).toList();

    assertThat(wal.events.stream().map(WalInspect::told)).isEqualTo(expected);
    assertThat(wal.events.stream().map(Object::getClass).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            WalEvent.Commit.class,
            WalEvent.Abort.class,
            WalEvent.Prepare.class,
            WalEvent.RestorePoint.class,
            WalEvent.Checkpoint.class,
            WalEvent.EndOfRecovery.class,
            WalEvent.BackupEnd.class,
            WalEvent.DatabaseDrop.class,
            WalEvent.RunningTransactions.class,
            WalEvent.SegmentSwitch.class,
            WalEvent.ParameterChange.class);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void transactions_end_in_the_order_and_at_the_times_that_their_clients_saw(WalOfServer wal) {
    List<RecordedTransaction> recorded = wal.journal.transactions();
    Set<Long> known = recorded.stream().map(RecordedTransaction::xid).collect(Collectors.toSet());

    List<WalEvent.TransactionEnd> ends =
        wal.events(WalEvent.TransactionEnd.class).stream()
            .filter(end -> known.contains(end.xid().value()))
            .toList();

    assertThat(ends).hasSameSizeAs(recorded);
    for (int i = 0; i < recorded.size(); i++) {
      RecordedTransaction expected = recorded.get(i);
      WalEvent.TransactionEnd end = ends.get(i);
      assertThat(end.xid().value()).isEqualTo(expected.xid());
      assertThat(end instanceof WalEvent.Commit).isEqualTo(expected.isCommitted());
      assertThat(end.prepared()).isEqualTo(expected.prepared().isPresent());
      assertThat(end.subtransactions())
          .extracting(Xid::value)
          .containsExactlyInAnyOrderElementsOf(expected.subtransactions());
      assertThat(end.start()).isGreaterThanOrEqualTo(new Lsn(expected.lsnBefore()));
      assertThat(end.end()).isLessThanOrEqualTo(new Lsn(expected.lsnAfter()));
      expected.time().ifPresent(time -> assertThat(end.time()).isEqualTo(time));
    }
    assertThat(recorded).filteredOn(each -> each.time().isPresent()).hasSizeGreaterThan(100);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void subtransactions_that_were_undone_abort_by_themselves(WalOfServer wal) {
    TreeSet<Long> undone = new TreeSet<>();
    allOf(wal).forEach(transaction -> undone.addAll(transaction.undoneSubtransactions()));

    Set<Long> aborted =
        wal.events(WalEvent.Abort.class).stream()
            .flatMap(
                abort -> Stream.concat(Stream.of(abort.xid()), abort.subtransactions().stream()))
            .map(Xid::value)
            .collect(Collectors.toSet());

    assertThat(undone).hasSizeGreaterThan(20);
    assertThat(aborted).containsAll(undone);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void prepared_transactions_have_their_names(WalOfServer wal) {
    List<RecordedTransaction> prepared =
        allOf(wal).filter(transaction -> transaction.prepared().isPresent()).toList();

    assertThat(wal.events(WalEvent.Prepare.class))
        .extracting(event -> event.globalId() + " " + event.xid())
        .containsExactlyInAnyOrderElementsOf(
            prepared.stream().map(each -> each.name().orElseThrow() + " " + each.xid()).toList())
        .hasSizeGreaterThan(10);
    for (WalEvent.Prepare event : wal.events(WalEvent.Prepare.class)) {
      RecordedTransaction expected =
          prepared.stream().filter(each -> each.xid() == event.xid().value()).findAny().get();
      assertThat(event.subtransactions())
          .extracting(Xid::value)
          .containsExactlyInAnyOrderElementsOf(expected.subtransactions());
    }
  }

  private static Stream<RecordedTransaction> allOf(WalOfServer wal) {
    return Stream.concat(wal.journal.transactions().stream(), wal.journal.prepared().stream());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void files_of_dropped_and_truncated_tables_are_named(WalOfServer wal) {
    assertThat(droppedBy(wal, "drop xid"))
        .containsExactlyInAnyOrder(
            file(wal, "dropped table"),
            file(wal, "dropped index"),
            file(wal, "dropped toast"),
            file(wal, "dropped toast index"));
    assertThat(droppedBy(wal, "truncate xid")).contains(file(wal, "truncated table"));
  }

  private static List<RelationFile> droppedBy(WalOfServer wal, String fact) {
    return wal.events(WalEvent.Commit.class).stream()
        .filter(commit -> commit.xid().equals(Xid.parse(wal.facts.get(fact))))
        .findAny()
        .orElseThrow()
        .droppedFiles();
  }

  private static RelationFile file(WalOfServer wal, String fact) {
    int defaultTablespace = 1663;
    return new RelationFile(
        defaultTablespace,
        Integer.parseInt(wal.facts.get("database")),
        Integer.parseInt(wal.facts.get(fact)));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void a_dropped_database_is_named(WalOfServer wal) {
    assertThat(wal.events(WalEvent.DatabaseDrop.class))
        .singleElement()
        .satisfies(
            drop ->
                assertThat(String.valueOf(drop.database()))
                    .isEqualTo(wal.facts.get("other database")));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void restore_points_have_their_names_and_end_where_the_server_said(WalOfServer wal) {
    assertThat(wal.events(WalEvent.RestorePoint.class))
        .extracting(point -> point.name() + " " + point.end())
        .containsExactly(
            "before the füll moon " + wal.facts.get("restore point"),
            "before the füll moon " + wal.facts.get("restore point again"));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void a_backups_end_names_its_start(WalOfServer wal) {
    assertThat(wal.events(WalEvent.BackupEnd.class))
        .extracting(event -> event.startedAt().toString())
        .containsExactly(wal.facts.get("backup start"));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void a_restart_with_other_limits_and_a_promotion_are_seen(WalOfServer wal) {
    assertThat(wal.events(WalEvent.ParameterChange.class))
        .anySatisfy(
            change -> {
              assertThat(change.maxConnections()).isEqualTo(123);
              assertThat(change.maxPreparedTransactions()).isEqualTo(20);
            });
    assertThat(wal.events(WalEvent.EndOfRecovery.class))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.timeline()).isEqualTo(new Timeline(2));
              assertThat(event.previousTimeline()).isEqualTo(Timeline.FIRST);
            });
    assertThat(wal.events(WalEvent.Checkpoint.class))
        .anyMatch(WalEvent.Checkpoint::shutdown)
        .anyMatch(checkpoint -> !checkpoint.shutdown())
        .anyMatch(checkpoint -> checkpoint.timeline().equals(new Timeline(2)));
    assertThat(wal.events(WalEvent.SegmentSwitch.class))
        .isNotEmpty()
        .allSatisfy(
            event -> assertThat(WalOfServer.SEGMENT.floor(event.end())).isEqualTo(event.end()));
  }
}
