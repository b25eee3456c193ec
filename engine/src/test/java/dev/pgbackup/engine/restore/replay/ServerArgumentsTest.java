package dev.pgbackup.engine.restore.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.plan.WalPath;
import dev.pgbackup.engine.restore.target.BackupPoint;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.restore.target.ResolvedTarget;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A replaying server is told everything on its command line")
class ServerArgumentsTest {

  private static final ReplayServer.Place PLACE = new ReplayServer.Place("/data", false);

  private static RestorePlan plan(int version) {
    Lsn start = Lsn.parse("0/2000028");
    BackupManifest manifest =
        new BackupManifest(
            FormatVersion.CURRENT,
            new BackupId("20261122T120000Z-0001"),
            ArchiveId.parse("7312345678901234567-1"),
            BackupManifest.Origin.Manual,
            Timeline.FIRST,
            start,
            start,
            start.plus(256),
            new Xid(700),
            new Xid(700),
            Instant.EPOCH,
            Instant.EPOCH,
            Instant.EPOCH,
            "",
            null,
            List.of(),
            new BackupManifest.Server(
                new ServerVersion(version),
                WalSegmentSize.DEFAULT,
                true,
                Map.of(),
                "postgres",
                "/data",
                "0700"),
            new BackupManifest.FileList(1, "", 1, List.of()),
            new BackupManifest.Totals(1, 1, 1, 1),
            null,
            List.of(),
            "test");
    TimelineHistory history = TimelineHistory.root(Timeline.FIRST);
    RecoveryTarget target = RecoveryTarget.latest();
    ResolvedTarget resolved =
        new ResolvedTarget(
            target,
            history,
            Timeline.FIRST,
            Lsn.parse("0/2345678"),
            Lsn.parse("0/23456A0"),
            BackupPoint.of(manifest),
            Optional.empty(),
            List.of(),
            List.of());
    return new RestorePlan(
        RestoreRequest.to(target, RestoreRequest.Purpose.Restore),
        manifest.archiveId(),
        manifest,
        resolved,
        new WalPath(history, start, resolved.lastRecordEnd(), WalSegmentSize.DEFAULT),
        new TreeMap<>(Map.of("max_connections", "250", "shared_preload_libraries", "pg_cron")),
        List.of());
  }

  private static Map<String, String> settings(List<String> arguments) {
    Map<String, String> settings = new TreeMap<>();
    for (int i = 0; i + 1 < arguments.size(); i++) {
      if (arguments.get(i).equals("-c")) {
        String[] setting = arguments.get(i + 1).split("=", 2);
        assertThat(settings.put(setting[0], setting[1])).as(setting[0]).isNull();
      }
    }
    return settings;
  }

  private static Map<String, String> replay(int version, TargetAction action) {
    return settings(
        new ServerArguments(plan(version), SharedFolder.at(Path.of("/shared")), PLACE, Map.of())
            .replay(action, 5544));
  }

  @Test
  void whereToStop() {
    assertThat(replay(160004, TargetAction.Promote))
        .containsEntry("recovery_target_lsn", "0/2345678")
        .containsEntry("recovery_target_inclusive", "on")
        .containsEntry("recovery_target_timeline", "1")
        .containsEntry("recovery_target_action", "promote")
        .containsEntry("hot_standby", "off");
    assertThat(replay(160004, TargetAction.Pause))
        .containsEntry("recovery_target_action", "pause")
        .containsEntry("hot_standby", "on");
  }

  @Test
  void whatItNeedsToReplay() {
    assertThat(replay(160004, TargetAction.Promote))
        .containsEntry("max_connections", "250")
        .containsEntry("shared_preload_libraries", "pg_cron");
  }

  @Test
  void thatWhatIsLeftInItsConfigurationDoesNotCount() {
    assertThat(replay(160004, TargetAction.Promote))
        .containsEntry("recovery_target", "")
        .containsEntry("recovery_target_time", "")
        .containsEntry("recovery_target_xid", "")
        .containsEntry("recovery_target_name", "")
        .containsEntry("primary_conninfo", "")
        .containsEntry("recovery_end_command", "")
        .containsEntry("archive_cleanup_command", "")
        .containsEntry("data_directory", "/data");
  }

  @Test
  void toReachNobody() {
    assertThat(replay(160004, TargetAction.Promote))
        .containsEntry("archive_mode", "off")
        .containsEntry("synchronous_standby_names", "")
        .containsEntry("max_logical_replication_workers", "0")
        .containsEntry("listen_addresses", "127.0.0.1")
        .containsEntry("unix_socket_directories", "")
        .containsEntry("port", "5544")
        .containsEntry("hba_file", "/shared/pg_hba.conf");
  }

  @Test
  void onlyWhatItsVersionKnows() {
    assertThat(replay(130023, TargetAction.Promote))
        .containsKey("promote_trigger_file")
        .doesNotContainKeys("log_startup_progress_interval", "event_triggers");
    assertThat(replay(180006, TargetAction.Promote))
        .containsKeys("log_startup_progress_interval", "event_triggers")
        .doesNotContainKey("promote_trigger_file");
  }

  @Test
  void aConfigurationOfItsOwnWhereTheOriginalLiesElsewhere() {
    List<String> arguments =
        new ServerArguments(
                plan(160004),
                SharedFolder.at(Path.of("/shared")),
                new ReplayServer.Place("/data", true),
                Map.of())
            .replay(TargetAction.Promote, 5544);

    assertThat(settings(arguments)).containsEntry("config_file", "/shared/postgresql.conf");
    assertThat(replay(160004, TargetAction.Promote)).doesNotContainKey("config_file");
  }

  @Test
  void withPathsThatAnyShellAndPostgresqlRead() {
    List<String> arguments =
        new ServerArguments(
                plan(160004),
                new SharedFolder(Path.of("/x"), "/it's 100%"),
                PLACE,
                Map.of("work_mem", "1GB"))
            .replay(TargetAction.Promote, 5544);

    assertThat(settings(arguments))
        .containsEntry("restore_command", "sh '/it'\\''s 100%%/bin/wal.sh' \"%f\" \"%p\"")
        .containsEntry("work_mem", "1GB");
  }
}
