package dev.pgbackup.scenario;

import dev.pgbackup.contract.restore.RestorePurpose;
import dev.pgbackup.contract.restore.TargetDocument;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The story: a plain PostgreSQL is protected, a mistake is made, the master is put back to just
 * before it, and back again.
 *
 * <p>What is expected comes from SQL on the servers, before and after, never from what the product
 * says about itself.
 */
public final class Scenario {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int NOTES = 100_000;

  private final Environment environment;
  private final Narrator narrator;
  private final Ending ending;

  private String xid = "";
  private List<String> notesAtXid = List.of();
  private List<String> notesBeforeSwap = List.of();
  private @Nullable Restored atXid;
  private int timelineAfterSwap;

  public Scenario(Environment environment, Narrator narrator, Ending ending) {
    this.environment = environment;
    this.narrator = narrator;
    this.ending = ending;
  }

  /** Plays it all; the first thing that is not as it should be ends it. */
  public Outcome play() {
    List<Step> steps = new ArrayList<>(steps());
    if (ending == Ending.POLICY_GOES) {
      steps.add(lastStep());
    }
    Map<Row, Verdict> rows = new EnumMap<>(Row.class);
    List.of(Row.values()).forEach(row -> rows.put(row, Verdict.NOT_REACHED));
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      narrator.step(step.row(), step.title(), step.explanation());
      Instant began = Instant.now();
      try {
        step.action().run();
        narrator.took(Duration.between(began, Instant.now()));
      } catch (Exception failure) {
        narrator.failed(String.valueOf(failure.getMessage()));
        rows.put(step.row(), Verdict.FAILED);
        return new Outcome(rows, failure);
      }
      if (steps.subList(i + 1, steps.size()).stream()
          .map(Step::row)
          .noneMatch(step.row()::equals)) {
        rows.put(step.row(), Verdict.PASSED);
      }
    }
    return new Outcome(rows, null);
  }

  private List<Step> steps() {
    return List.of(
        new Step(
            Row.KEYS,
            "A plain PostgreSQL, a bucket, and keys in files",
            "Nothing is prepared in the server: no archive_command, no replication entry in pg_hba.conf.",
            this::startMaster),
        new Step(
            Row.START,
            "One step, and it is protected",
            "The agent finds the server, creates its slot, streams WAL and takes the first backup.",
            this::protect),
        new Step(
            Row.SLOT,
            "The slot",
            "Created with WAL reserved; confirmed only up to what the bucket has.",
            this::lookAtSlot),
        new Step(
            Row.POLICY,
            "A setting changes, and every secret is replaced",
            "Both are live without a restart, and the stream goes on where it was.",
            this::changePolicy),
        new Step(
            Row.DATABASES,
            "Databases aa and bb, a transaction's number, then a database cc",
            "The number is all that somebody remembers when cc turns out to be a mistake.",
            this::createDatabases),
        new Step(
            Row.LIST,
            "What is in the bucket",
            "Base backups; every moment since the first of them can be restored.",
            this::listBackups),
        new Step(
            Row.LATEST,
            "A row committed just now, in the segment that is still growing",
            "No segment is switched and no file is copied by hand: the growing segment is in the bucket.",
            this::commitJustNow),
        new Step(
            Row.LOOK,
            "Restored to the latest moment, into a new directory",
            "A running copy to look into, with everything in it.",
            this::restoreLatest),
        new Step(
            Row.XID,
            "Restored to the transaction, into another directory",
            "Its number is all there is to know; backup, timeline and position are found.",
            this::restoreToXid),
        new Step(
            Row.NOTHING_TO_CLEAN,
            "Nothing to clean up",
            "The stream never stopped, and everything in the bucket is what it should be.",
            this::lookForLeftovers),
        new Step(
            Row.SWAP,
            "What was restored takes the master's place",
            "What was there is kept beside it, and the WAL that it wrote last is archived.",
            this::swap),
        new Step(
            Row.FOLLOWS,
            "Archiving follows the new timeline",
            "The slot is there, and a new base backup was taken by itself.",
            this::lookAtNewTimeline),
        new Step(
            Row.UNDO,
            "Undo",
            "What was there before is the master's again, and archiving goes on where it had left it.",
            this::undo),
        new Step(
            Row.KEYS,
            "Where the secrets are, after all this",
            "Configuration, arguments, environments and logs are searched for every one that was used.",
            this::lookForSecrets));
  }

  private Step lastStep() {
    return new Step(
        Row.SLOT,
        "The policy goes",
        "So does the slot: nothing holds back WAL on the master. The bucket stays.",
        this::stopProtecting);
  }

  private void startMaster() throws SQLException {
    environment.startMaster();
    expect("databases", List.of(), master().databases());
    expect("replication slots", List.of(), slots());
  }

  private void protect() throws SQLException {
    environment.protect();
    expect("state", "Streaming", environment.protection().state());
    expectTrue("a base backup is there", !environment.backups().isEmpty());
  }

  private void lookAtSlot() throws SQLException {
    narrator.command("psql -c 'SELECT * FROM pg_replication_slots'");
    narrator.output(
        master()
            .value(
                "postgres",
                "SELECT format('%s: %s, wal_status %s, restart_lsn %s', slot_name, slot_type,"
                    + " wal_status, restart_lsn) FROM pg_replication_slots"));
    Protection protection = environment.protection();
    expect("slot", List.of(String.valueOf(protection.slot())), slots());
    expectTrue(
        "status says what it holds back: " + protection.retainedBytes() + " bytes",
        protection.retainedBytes() != null);
  }

  private void changePolicy() throws Exception {
    environment.changeFlushInterval(Duration.ofSeconds(1));
    environment.rotateSecrets();
    sql("postgres", "CREATE TABLE rotated AS SELECT now() AS at");
    awaitDurable();
    expect("holes in the archived WAL", 0, environment.protection().gaps());
  }

  private void createDatabases() throws SQLException {
    sql("postgres", "CREATE DATABASE aa", "CREATE DATABASE bb");
    sql(
        "aa",
        "CREATE TABLE notes (id int PRIMARY KEY, note text)",
        "INSERT INTO notes SELECT n, md5(n::text) FROM generate_series(1, " + NOTES + ") n");
    notesAtXid = notes(master());
    narrator.command("psql -c 'SELECT txid_current()'");
    xid = master().value("postgres", "SELECT txid_current()");
    narrator.output(xid);
    sql("postgres", "CREATE DATABASE cc");
    sql("aa", "INSERT INTO notes VALUES (0, 'written after the transaction')");
    expect("databases", List.of("aa", "bb", "cc"), master().databases());
  }

  private void listBackups() {
    environment.showBackups();
    List<Backup> backups = environment.backups();
    expectTrue(
        "the newest one is complete: " + backups.get(0).id(),
        Objects.equals(backups.get(0).timeline(), 1));
  }

  private void commitJustNow() throws Exception {
    sql("cc", "CREATE TABLE notes (id int PRIMARY KEY, note text)");
    sql("cc", "INSERT INTO notes VALUES (1, 'committed just now')");
    awaitDurable();
    Plan plan = environment.plan(TargetDocument.ofLatest());
    String growing = "SELECT pg_walfile_name(pg_current_wal_insert_lsn())";
    expect(
        "the segment of the target is the one that the master writes to",
        master().value("postgres", growing),
        master().value("postgres", "SELECT pg_walfile_name('" + plan.targetLsn() + "')"));
  }

  private void restoreLatest() throws SQLException {
    Restored restored =
        environment.restore("latest", TargetDocument.ofLatest(), RestorePurpose.Clone);
    try (Running copy = environment.look(restored)) {
      expect("databases", List.of("aa", "bb", "cc"), copy.database().databases());
      expect(
          "what was committed last",
          List.of("committed just now"),
          copy.database().column("cc", "SELECT note FROM notes"));
      expect("rows of aa, compared with the master's", notes(master()), notes(copy.database()));
    }
  }

  private void restoreToXid() throws SQLException {
    String never = String.valueOf(Long.parseLong(xid) + 1_000_000);
    Refused refusal = environment.refusal(TargetDocument.xid(never));
    expectTrue(
        "a transaction that never was is refused, before anything is made: " + refusal.reason(),
        List.of("XidNotFound", "TargetBeyondArchive").contains(refusal.reason()));
    environment.plan(TargetDocument.xid(xid));
    Restored restored =
        environment.restore("xid-" + xid, TargetDocument.xid(xid), RestorePurpose.Master);
    atXid = restored;
    try (Running copy = environment.look(restored)) {
      expect("databases", List.of("aa", "bb"), copy.database().databases());
      expect("rows of aa, as they were at the transaction", notesAtXid, notes(copy.database()));
    }
  }

  private void lookForLeftovers() throws Exception {
    sql("cc", "INSERT INTO notes VALUES (2, 'written while others restored')");
    awaitDurable();
    Protection protection = environment.protection();
    expect("state", "Streaming", protection.state());
    expect("holes in the archived WAL", 0, protection.gaps());
    expect("what is wrong with the bucket", List.of(), environment.verify());
  }

  private void swap() throws SQLException {
    notesBeforeSwap = notes(master());
    Duration away = environment.swapIn(Objects.requireNonNull(atXid));
    narrator.note("the master was away for " + away.toMillis() + " ms");
    expect("databases", List.of("aa", "bb"), master().databases());
    expect("rows of aa, as they were at the transaction", notesAtXid, notes(master()));
    timelineAfterSwap = Integer.parseInt(timelineOfMaster());
    expectTrue("it writes to a timeline of its own: " + timelineAfterSwap, timelineAfterSwap > 1);
  }

  private void lookAtNewTimeline() throws Exception {
    sql("postgres", "CREATE DATABASE dd");
    awaitDurable();
    Protection protection = environment.protection();
    expect("state", "Streaming", protection.state());
    expect("timeline that is archived", timelineAfterSwap, protection.timeline());
    expect("slot", List.of(String.valueOf(protection.slot())), slots());
    await(
        "a base backup of the new timeline",
        () ->
            environment.backups().stream()
                .anyMatch(backup -> backup.timeline() == timelineAfterSwap));
    expect(
        "the latest moment is on the timelines",
        List.of(timelineAfterSwap),
        timelines(environment.plan(TargetDocument.ofLatest())));
  }

  private void undo() throws Exception {
    Duration away = environment.undo(Objects.requireNonNull(atXid));
    narrator.note("the master was away for " + away.toMillis() + " ms");
    expect("databases", List.of("aa", "bb", "cc"), master().databases());
    expect("rows of aa, compared with those before the swap", notesBeforeSwap, notes(master()));
    expect(
        "rows of cc",
        List.of("committed just now", "written while others restored"),
        master().column("cc", "SELECT note FROM notes ORDER BY id"));
    sql("cc", "INSERT INTO notes VALUES (3, 'written after the undo')");
    awaitDurable();
    expect("timeline that is archived", 1, environment.protection().timeline());
    expect(
        "the latest moment is on the timelines",
        List.of(1),
        timelines(environment.plan(TargetDocument.ofLatest())));
  }

  private void lookForSecrets() {
    expect("secrets elsewhere than in their files", List.of(), environment.leakedSecrets());
  }

  private void stopProtecting() throws SQLException {
    environment.stopProtecting();
    expect("replication slots", List.of(), slots());
    expectTrue("the bucket still has its backups", !environment.backups().isEmpty());
  }

  private Database master() {
    return environment.master();
  }

  private void sql(String database, String... statements) throws SQLException {
    for (String statement : statements) {
      narrator.command("psql " + database + " -c \"" + statement + "\"");
    }
    master().execute(database, statements);
  }

  private List<String> slots() throws SQLException {
    return master().column("postgres", "SELECT slot_name FROM pg_replication_slots");
  }

  private String timelineOfMaster() throws SQLException {
    return master().value("postgres", "SELECT timeline_id FROM pg_control_checkpoint()");
  }

  /** How many rows there are in aa, and a hash over them all. */
  private static List<String> notes(Database database) throws SQLException {
    return database.column(
        "aa",
        "SELECT count(*) || ' rows, ' || md5(string_agg(id || note, ',' ORDER BY id)) FROM notes");
  }

  private static List<Integer> timelines(Plan plan) {
    return plan.timelines();
  }

  /** Waits until the bucket has all that the master has made durable. */
  private void awaitDurable() throws SQLException {
    String written = master().value("postgres", "SELECT pg_current_wal_flush_lsn()");
    await("WAL up to " + written + " is in the bucket", () -> isDurable(written));
  }

  private boolean isDurable(String written) throws SQLException {
    Protection protection = environment.protection();
    String durable = protection.durableLsn();
    return protection.isStreaming()
        && durable != null
        && timelineOfMaster().equals(String.valueOf(protection.timeline()))
        && master()
            .value("postgres", "SELECT '" + durable + "'::pg_lsn >= '" + written + "'::pg_lsn")
            .equals("t");
  }

  private void await(String what, Callable<Boolean> condition) {
    try {
      Awaitility.await().pollInterval(Duration.ofMillis(200)).atMost(PATIENCE).until(condition);
    } catch (ConditionTimeoutException never) {
      throw new Unexpected(
          "not within " + PATIENCE.toSeconds() + " s: " + what + "; " + environment.protection());
    }
    narrator.passed(what);
  }

  private void expectTrue(String what, boolean actual) {
    if (!actual) {
      throw new Unexpected("not so: " + what);
    }
    narrator.passed(what);
  }

  private void expect(String what, Object expected, @Nullable Object actual) {
    if (!expected.equals(actual)) {
      throw new Unexpected(what + ": " + text(actual) + " instead of " + text(expected));
    }
    narrator.passed(what + ": " + text(actual));
  }

  private static String text(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list.isEmpty()
          ? "none"
          : list.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
    return String.valueOf(value);
  }
}
