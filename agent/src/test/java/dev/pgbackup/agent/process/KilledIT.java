package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Killed in the middle of an upload to S3, a sidecar")
class KilledIT {

  private static final Pattern UPLOAD =
      Pattern.compile("(\\S+) \\S+/(?:base|wal)/[^?]+\\?(?:.*&)?uploadId=([^&]+).*");
  private static final Pattern BUNDLE = Pattern.compile(".*/base/([^/]+)/data/.*");
  private static final int LINE = 24 << 20;
  private static final int SLOW_LINE = 2 << 20;

  private Master master;

  @BeforeEach
  void begin(@TempDir Path folder) {
    master = new Master(folder);
    master.execute("CREATE EXTENSION pgcrypto", "CREATE TABLE noise (noise bytea)");
    master.configure("baseBackup: {parallelism: 1}\n");
  }

  @AfterEach
  void end() {
    master.close();
  }

  /** Rows that nothing compresses. */
  private void makeNoise(int megabytes) {
    master.execute(
        "INSERT INTO noise SELECT gen_random_bytes(1000) FROM generate_series(1, "
            + megabytes * 1000
            + ")");
  }

  @Test
  @DisplayName(
      "B6: of a backup publishes nothing; the next one, at once, has its chunks and its own label")
  void duringBackup() {
    makeNoise(130);
    master.line().bytesPerSecond(LINE);
    master.startSidecar();
    await("one bundle is there", () -> bundles().findAny().isPresent());
    master.line().bytesPerSecond(SLOW_LINE);
    await("the next one is on its way", () -> !open().isEmpty());
    master.killSidecar();
    master.line().pass();

    assertThat(master.backups()).isEmpty();
    assertThat(open()).as("uploads that were cut off").isNotEmpty();
    Map<String, String> before = objects();
    String killed = bundles().findAny().orElseThrow();

    master.startSidecar();
    AgentStatus status = master.awaitReady();

    BackupDocument backup = master.backups().get(0);
    assertThat(backup.backupId()).isNotEqualTo(killed);
    assertThat(backup.references()).containsExactly(killed);
    assertThat(backup.newBytes()).isLessThan(backup.totalBytes() - (50 << 20));
    assertThat(open()).as("uploads that nobody completed or gave up").isEmpty();
    assertUnchanged(before);
    assertThat(status.gaps()).isEmpty();
    assertThat(master.program().run("verify", "--window").exitCode()).isZero();
  }

  @Test
  @DisplayName("W3: of WAL goes on without a hole, and writes no object twice")
  void duringWal() {
    master.startSidecar();
    master.awaitReady();
    int earlier = master.line().requests().size();
    master.line().bytesPerSecond(SLOW_LINE);
    makeNoise(24);
    await(
        "WAL is on its way",
        () ->
            master.line().requests().stream()
                .skip(earlier)
                .anyMatch(request -> request.matches("PUT .*/wal/.*")));
    master.killSidecar();
    master.line().pass();
    Map<String, String> before = objects();

    master.startSidecar();
    makeNoise(8);
    AgentStatus status = master.awaitDurable();

    assertThat(status.gaps()).isEmpty();
    assertThat(open()).isEmpty();
    assertUnchanged(before);
    assertThat(master.program().run("verify", "--window").exitCode()).isZero();
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(Master.PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50))
        .until(condition);
  }

  /** Ids of the uploads in several parts that requests of a kind were about. */
  private Set<String> uploads(String method) {
    Set<String> ids = new HashSet<>();
    for (String request : master.line().requests()) {
      Matcher matcher = UPLOAD.matcher(request);
      if (matcher.matches() && matcher.group(1).equals(method)) {
        ids.add(matcher.group(2));
      }
    }
    return ids;
  }

  /** Uploads of which parts were sent, that were neither completed nor given up. */
  private Set<String> open() {
    Set<String> open = uploads("PUT");
    open.removeAll(uploads("POST"));
    open.removeAll(uploads("DELETE"));
    return open;
  }

  /** The versions of all objects that are written once. */
  private Map<String, String> objects() {
    ObjectStore bucket = master.bucket();
    return bucket
        .list("", "")
        .filter(object -> !object.key().endsWith("owner.json") && !object.key().contains("/pins/"))
        .collect(
            Collectors.toMap(
                ObjectInfo::key, object -> object.etag() + " of " + object.lastModified()));
  }

  /** What is there still is what it was; tails may have been merged. */
  private void assertUnchanged(Map<String, String> before) {
    Map<String, String> after = new HashMap<>(objects());
    after.keySet().retainAll(before.keySet());
    assertThat(before).containsAllEntriesOf(after);
    assertThat(after).isNotEmpty();
  }

  /** Ids of the backups to which the bundles belong that are in the bucket. */
  private Stream<String> bundles() {
    return objects().keySet().stream()
        .map(BUNDLE::matcher)
        .filter(Matcher::matches)
        .map(bundle -> bundle.group(1));
  }
}
