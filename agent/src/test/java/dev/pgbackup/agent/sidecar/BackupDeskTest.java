package dev.pgbackup.agent.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupProgressStatus.Phase;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.backup.BackupPhase;
import dev.pgbackup.engine.backup.BackupProgress;
import dev.pgbackup.engine.backup.BackupStatus;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Requests for backups")
class BackupDeskTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final BackupId ID = new BackupId("20261122T120000Z-3fa9");

  private final BlockingQueue<Function<BackupProgress, @Nullable EngineException>> work =
      new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> ends = new LinkedBlockingQueue<>();
  private final BackupDesk desk = desk(Duration.ofMinutes(1));

  private BackupDesk desk(Duration timeout) {
    return new BackupDesk(this::take, timeout, ends::add, Clock.systemUTC());
  }

  private BackupManifest take(Origin origin, BackupProgress progress) {
    try {
      EngineException failure = work.take().apply(progress);
      if (failure != null) {
        throw failure;
      }
      return null;
    } catch (InterruptedException e) {
      throw new EngineException(Reason.Interrupted, "The backup was interrupted.", e);
    }
  }

  @Test
  @DisplayName("are answered at once, and tell how they get on")
  void progress() throws Exception {
    BackupProgressStatus accepted = desk.request("r1", Origin.Manual);
    assertThat(accepted.phase()).isEqualTo(Phase.Pending);

    LinkedBlockingQueue<String> go = new LinkedBlockingQueue<>();
    work.add(
        progress -> {
          progress.at(status(BackupPhase.Copying, 300));
          await(go);
          progress.at(status(BackupPhase.WaitingForWal, 1000));
          await(go);
          return null;
        });

    awaitPhase("r1", Phase.Running);
    assertThat(desk.find("r1").orElseThrow().bytesDone()).isEqualTo(300);
    assertThat(desk.find("r1").orElseThrow().bytesTotal()).isEqualTo(1000);
    assertThat(desk.find("r1").orElseThrow().etaSeconds()).isEqualTo(7);
    assertThat(desk.current()).isEqualTo(desk.find("r1"));
    go.add("on");
    awaitPhase("r1", Phase.WaitingForWal);
    go.add("on");
    awaitPhase("r1", Phase.Completed);
    assertThat(ends.take()).isTrue();
    assertThat(desk.find("r1").orElseThrow().backupId()).isEqualTo(ID.toString());
    assertThat(desk.find("r1").orElseThrow().endedAt()).isNotNull();
    assertThat(desk.current()).isEmpty();
    assertThat(desk.lastFailure()).isEmpty();
  }

  @Test
  @DisplayName("of the same id are the same request, also when it is done")
  void idempotent() throws Exception {
    desk.request("r1", Origin.Manual);
    assertThat(desk.request("r1", Origin.Manual).requestId()).isEqualTo("r1");

    work.add(progress -> null);
    ends.take();

    assertThat(desk.request("r1", Origin.Manual).phase()).isEqualTo(Phase.Completed);
    assertThat(desk.current()).isEmpty();
  }

  @Test
  @DisplayName("B7 are refused while another backup is taken, naming it")
  void busy() {
    desk.request("r1", Origin.Manual);
    work.add(
        progress -> {
          progress.at(status(BackupPhase.Copying, 1));
          await(new LinkedBlockingQueue<>());
          return null;
        });
    awaitPhase("r1", Phase.Running);

    assertThatThrownBy(() -> desk.request("r2", Origin.Manual))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BackupInProgress))
        .hasMessageContaining(ID.toString());
    assertThat(desk.find("r2")).isEmpty();
    desk.interrupt();
  }

  @Test
  @DisplayName("that fail say why, until one succeeds")
  void failure() throws Exception {
    desk.request("r1", Origin.Manual);
    work.add(progress -> new EngineException(Reason.CorruptPage, "A page is corrupt"));
    assertThat(ends.take()).isFalse();

    BackupProgressStatus failed = desk.find("r1").orElseThrow();
    assertThat(failed.phase()).isEqualTo(Phase.Failed);
    assertThat(failed.failure().reason()).isEqualTo("CorruptPage");
    assertThat(desk.lastFailure()).hasValue(failed.failure());

    desk.request("r2", Origin.Manual);
    work.add(progress -> null);
    assertThat(ends.take()).isTrue();
    assertThat(desk.lastFailure()).isEmpty();
  }

  @Test
  @DisplayName("that take too long are given up")
  void timeout() throws Exception {
    BackupDesk hasty = desk(Duration.ofMillis(20));
    hasty.request("r1", Origin.Scheduled);

    assertThat(ends.take()).isFalse();
    assertThat(hasty.find("r1").orElseThrow().failure().reason()).isEqualTo("Interrupted");
  }

  @Test
  @DisplayName("are refused while a swap is prepared")
  void closed() throws Exception {
    desk.close("The server is about to be swapped.");
    assertThatThrownBy(() -> desk.request(null, Origin.Manual))
        .hasMessage("The server is about to be swapped.");

    desk.open();

    desk.request("r1", Origin.Manual);
    work.add(progress -> null);
    assertThat(ends.take()).isTrue();
  }

  private void awaitPhase(String id, Phase phase) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> desk.find(id).map(BackupProgressStatus::phase), Optional.of(phase)::equals);
  }

  private static void await(BlockingQueue<String> go) {
    try {
      go.take();
    } catch (InterruptedException e) {
      throw new EngineException(Reason.Interrupted, "The backup was interrupted.", e);
    }
  }

  private static BackupStatus status(BackupPhase phase, long done) {
    return new BackupStatus(
        ID, phase, NOON, done, 1000, 3, 9, 0, 0, 0, 100, Optional.of(Duration.ofSeconds(7)));
  }
}
