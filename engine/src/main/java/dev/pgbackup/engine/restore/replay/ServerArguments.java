package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.restore.plan.RestorePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The command line of a server that replays, or of one that finishes what a replay began.
 *
 * <p>Everything is said here, so that nothing has to be written into the restored directory and
 * nothing left in it counts. The server reaches nobody: it archives nothing, follows nobody, runs
 * no jobs, and listens on loopback only.
 */
final class ServerArguments {

  private final RestorePlan plan;
  private final SharedFolder folder;
  private final ReplayServer.Place place;
  private final Map<String, String> settings = new TreeMap<>();

  ServerArguments(
      RestorePlan plan, SharedFolder folder, ReplayServer.Place place, Map<String, String> more) {
    this.plan = plan;
    this.folder = folder;
    this.place = place;
    settings.putAll(plan.settings());
    isolate();
    settings.putAll(more);
  }

  private void isolate() {
    int major = plan.backup().server().version().major();
    settings.put("data_directory", place.dataDirectory());
    settings.put("listen_addresses", "127.0.0.1");
    settings.put("unix_socket_directories", "");
    settings.put("hba_file", folder.seenByServer(ServerFiles.HBA));
    settings.put("ident_file", folder.seenByServer(ServerFiles.IDENT));
    settings.put("external_pid_file", "");
    settings.put("ssl", "off");
    settings.put("fsync", "on");
    settings.put("archive_mode", "off");
    settings.put("synchronous_standby_names", "");
    settings.put("primary_conninfo", "");
    settings.put("primary_slot_name", "");
    settings.put("max_logical_replication_workers", "0");
    settings.put("autovacuum", "off");
    settings.put("session_preload_libraries", "");
    settings.put("local_preload_libraries", "");
    settings.put("cron.launch_active_jobs", "off");
    settings.put("timescaledb.restoring", "on");
    settings.put("pg_partman_bgw.dbname", "");
    settings.put("restart_after_crash", "off");
    settings.put("logging_collector", "off");
    settings.put("log_destination", "stderr");
    settings.put("log_min_messages", "warning");
    settings.put("log_line_prefix", "%m [%p] ");
    settings.put("lc_messages", "C");
    if (major >= 15) {
      settings.put("log_startup_progress_interval", "1s");
    }
    if (major >= 17) {
      settings.put("event_triggers", "off");
      settings.put("sync_replication_slots", "off");
    }
    if (major >= 18) {
      settings.put("idle_replication_slot_timeout", "0");
    }
    if (place.ownConfiguration()) {
      settings.put("config_file", folder.seenByServer(ServerFiles.CONFIGURATION));
    }
  }

  /** A server that replays up to the target. */
  List<String> replay(TargetAction action, int port) {
    settings.put("port", Integer.toString(port));
    settings.put("restore_command", restoreCommand());
    settings.put("archive_cleanup_command", "");
    settings.put("recovery_end_command", "");
    settings.put("recovery_min_apply_delay", "0");
    settings.put("recovery_target", "");
    settings.put("recovery_target_name", "");
    settings.put("recovery_target_time", "");
    settings.put("recovery_target_xid", "");
    settings.put("recovery_target_inclusive", "on");
    settings.put("recovery_target_timeline", plan.wal().timeline().toString());
    settings.put("recovery_target_action", action.setting());
    settings.put("hot_standby", action == TargetAction.Pause ? "on" : "off");
    if (plan.backup().server().version().major() < 16) {
      settings.put("promote_trigger_file", "");
    }
    List<String> arguments = new ArrayList<>(List.of("-D", place.dataDirectory()));
    addSettings(arguments);
    // Last: to empty another target behind it counts as naming two.
    arguments.add("-c");
    arguments.add("recovery_target_lsn=" + plan.target().lastRecordStart());
    return arguments;
  }

  /** A server without a network that runs what it reads, and shuts down. */
  List<String> single() {
    List<String> arguments = new ArrayList<>(List.of("--single", "-D", place.dataDirectory()));
    settings.put("exit_on_error", "on");
    addSettings(arguments);
    arguments.add("template1");
    return arguments;
  }

  private void addSettings(List<String> arguments) {
    settings.forEach(
        (name, value) -> {
          arguments.add("-c");
          arguments.add(name + "=" + value);
        });
  }

  /** In which {@code %} has a meaning, so that one in a path is doubled. */
  private String restoreCommand() {
    String script = ShellWords.quote(folder.seenByServer("bin/wal.sh")).replace("%", "%%");
    return "sh " + script + " \"%f\" \"%p\"";
  }
}
