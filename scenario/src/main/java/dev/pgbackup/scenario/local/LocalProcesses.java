package dev.pgbackup.scenario.local;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.restore.RestorePurpose;
import dev.pgbackup.contract.restore.TargetDocument;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.scenario.Backup;
import dev.pgbackup.scenario.Database;
import dev.pgbackup.scenario.Environment;
import dev.pgbackup.scenario.Narrator;
import dev.pgbackup.scenario.Plan;
import dev.pgbackup.scenario.Protection;
import dev.pgbackup.scenario.Refused;
import dev.pgbackup.scenario.Restored;
import dev.pgbackup.scenario.Running;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Processes of this machine: PostgreSQL, s3proxy, and the packaged agent with one configuration
 * file.
 *
 * <p>Everything lies in one folder, and nothing outlives this JVM.
 */
public final class LocalProcesses implements Environment {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final PostgresBinaries binaries;
  private final Path root;
  private final Layout layout;
  private final Narrator narrator;
  private final Secrets secrets;
  private final AgentProgram agent;
  private final Sidecar sidecar;
  private @Nullable S3Server store;
  private @Nullable PostgresServer server;

  /**
   * @param binaries of the PostgreSQL to use
   * @param root of the repository, in which the agent is built
   * @param folder an empty one, for all that is made; it is deleted at the end
   */
  public LocalProcesses(PostgresBinaries binaries, Path root, Path folder, Narrator narrator) {
    this.binaries = binaries;
    this.root = root;
    this.layout = new Layout(folder);
    this.narrator = narrator;
    this.secrets = new Secrets(layout.secrets());
    this.agent =
        new AgentProgram(root.resolve("agent/target/pgbackup"), layout.folder(), layout.logs());
    this.sidecar = new Sidecar(agent, layout);
  }

  @Override
  public String name() {
    return binaries + " and an S3 server as processes of this machine";
  }

  @Override
  public void startMaster() {
    store = S3Server.s3proxy();
    server =
        PostgresServer.builder(binaries)
            .dataDirectory(layout.master())
            .password(secrets.replace(Secrets.SUPERUSER_PASSWORD))
            .stockHba()
            .create();
    narrator.command("cd " + layout.folder());
    narrator.note(server() + ", its data are in " + layout.inside(layout.master()));
    narrator.note("bucket " + store().bucket() + " at " + store().endpoint());
  }

  @Override
  public Database master() {
    return server()::connect;
  }

  @Override
  public void protect() {
    narrator.command("psql -f " + AgentSetup.GRANTS);
    setup().createRole(root);
    setup().replaceKeys();
    setup().configure(Duration.ofSeconds(5));
    narrator.command("cat " + layout.inside(layout.configuration()));
    narrator.output(read(layout.configuration()));
    narrator.command("pgbackup sidecar &");
    sidecar.start();
    await("ready", () -> sidecar.status().map(AgentStatus::ready).orElse(false));
    shown(List.of("status"));
  }

  @Override
  public Protection protection() {
    AgentStatus status =
        sidecar
            .status()
            .orElseThrow(() -> new IllegalStateException("the sidecar does not answer"));
    return new Protection(
        status.archiving().state().name(),
        status.archiving().slotName(),
        status.archiving().retainedBytes(),
        status.database() == null ? null : status.database().timeline(),
        status.archiving().durableLsn(),
        status.gaps().size(),
        status.problems().isEmpty() ? null : status.problems().get(0).message());
  }

  @Override
  public void changeFlushInterval(Duration interval) {
    setup().configure(interval);
    String file = layout.inside(layout.configuration());
    narrator.command(
        "sed -i 's/flushInterval: .*/flushInterval: " + interval.toSeconds() + "s/' " + file);
    String hash = sha256(layout.configuration());
    await(
        "the sidecar works with the new configuration",
        () -> sidecar.status().map(AgentStatus::configHash).filter(hash::equals).isPresent());
  }

  @Override
  public void rotateSecrets() {
    narrator.note(
        "the bucket gets a new pair of keys, the role " + AgentSetup.ROLE + " a new password");
    store().rotateKeys();
    setup().replaceKeys();
    setup().replacePassword();
  }

  @Override
  public List<String> leakedSecrets() {
    List<String> leaks = new ArrayList<>();
    sidecar
        .visible()
        .forEach(
            (place, text) -> {
              if (secrets.occurIn(text)) {
                leaks.add(place);
              }
            });
    for (Path file : layout.written()) {
      if (secrets.occurIn(read(file))) {
        leaks.add(file.toString());
      }
    }
    return leaks;
  }

  @Override
  public List<Backup> backups() {
    return ContractJson.read(quietly(List.of("list", "-o", "json")).output(), BackupList.class)
        .backups()
        .stream()
        .map(backup -> new Backup(backup.backupId(), backup.timeline()))
        .toList();
  }

  @Override
  public void showBackups() {
    shown(List.of("list"));
  }

  @Override
  public Plan plan(TargetDocument target) {
    shown(with(target, "plan"));
    PlanDocument plan = sidecar.http().post(Endpoints.PLAN, request(target), PlanDocument.class);
    return new Plan(plan.targetLsn(), plan.timelinePath());
  }

  @Override
  public Refused refusal(TargetDocument target) {
    List<String> command = with(target, "plan");
    tell(command);
    AgentProgram.Ended ended = agent.run(command);
    narrator.output(ended.messages());
    Refusal refusal = sidecar.http().refusal(Endpoints.PLAN, request(target));
    return new Refused(refusal.reason(), refusal.message());
  }

  @Override
  public Restored restore(String name, TargetDocument target, RestorePurpose purpose) {
    List<String> command = with(target, "restore");
    command.addAll(List.of("--target-dir", layout.inside(layout.restored(name))));
    command.addAll(List.of("--postgres-bin", binaries.binDirectory().toString()));
    command.addAll(List.of("--purpose", purpose.name().toLowerCase(Locale.ROOT)));
    if (narrator.isWatched()) {
      tell(command);
      narrator.output(successful(command, agent.runWatched(command)).output());
    } else {
      shown(command);
    }
    return new Restored(name, target);
  }

  @Override
  public Running look(Restored restored) {
    PostgresServer copy =
        PostgresServer.builder(binaries)
            .dataDirectory(layout.restored(restored.name()))
            .password(server().password())
            .build()
            .start();
    narrator.note("it runs on port " + copy.port());
    return new Running() {
      @Override
      public Database database() {
        return copy::connect;
      }

      @Override
      public void close() {
        copy.stop(PostgresServer.Mode.FAST);
        copy.close();
      }
    };
  }

  @Override
  public Duration swapIn(Restored restored) {
    return exchange(layout.keptBefore(restored.name()), layout.restored(restored.name()));
  }

  @Override
  public Duration undo(Restored restored) {
    return exchange(layout.restored(restored.name()), layout.keptBefore(restored.name()));
  }

  /** Moves the master's directory aside and another one into its place. */
  private Duration exchange(Path aside, Path instead) {
    narrator.command("curl -X POST " + sidecar.http().uri(Endpoints.PREPARE_SWAP));
    sidecar.http().post(Endpoints.PREPARE_SWAP, Map.of(), SwapPreparation.class);
    Instant stopped = Instant.now();
    narrator.command("pg_ctl stop -m fast");
    server().stop(PostgresServer.Mode.FAST);
    move(layout.master(), aside);
    move(instead, layout.master());
    narrator.command("pg_ctl start");
    server().start();
    Duration away = Duration.between(stopped, Instant.now());
    shown(List.of("archive-wal", "--data-dir", layout.inside(aside)));
    narrator.command("curl -X POST " + sidecar.http().uri(Endpoints.RESUME));
    sidecar.http().post(Endpoints.RESUME, Map.of(), Object.class);
    return away;
  }

  private void move(Path from, Path to) {
    narrator.command("mv " + layout.inside(from) + " " + layout.inside(to));
    try {
      Files.move(from, to);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public List<String> verify() {
    tell(List.of("verify"));
    AgentProgram.Ended ended = agent.run(List.of("verify"));
    narrator.output(ended.output());
    return ended.exitCode() == 0 ? List.of() : List.of(ended.output() + ended.messages());
  }

  @Override
  public void stopProtecting() {
    narrator.note("SIGTERM for the sidecar");
    sidecar.stop();
    shown(List.of("retire"));
  }

  /** Says how to play with what was left running. */
  public void explain() {
    PostgresServer master = server();
    narrator.note("");
    narrator.note("It goes on running. In another terminal:");
    narrator.command("cd " + layout.folder());
    narrator.command(
        "PGPASSWORD=$(cat %s) psql -h %s -p %d -U %s"
            .formatted(
                layout.inside(secrets.file(Secrets.SUPERUSER_PASSWORD)),
                master.host(),
                master.port(),
                master.user()));
    narrator.command(agent.launcher() + " list");
    narrator.command(agent.launcher() + " status");
    narrator.command(
        "%s restore --target-latest --target-dir %s --postgres-bin %s"
            .formatted(
                agent.launcher(), layout.inside(layout.restored("mine")), binaries.binDirectory()));
    narrator.command("curl " + sidecar.http().uri(Endpoints.STATUS));
    narrator.note("JDBC: %s?user=%s".formatted(master.url("aa"), master.user()));
    narrator.note("All is in " + layout.folder() + ". Ctrl-C stops and removes everything.");
  }

  @Override
  public void close() {
    agent.close();
    if (server != null) {
      server.close();
    }
    if (store != null) {
      store.close();
    }
    layout.delete();
  }

  private PostgresServer server() {
    return Objects.requireNonNull(server, "the master is not started");
  }

  private S3Server store() {
    return Objects.requireNonNull(store, "the bucket is not there yet");
  }

  private AgentSetup setup() {
    return new AgentSetup(server(), store(), layout, secrets, sidecar.port());
  }

  private static PlanRequest request(TargetDocument target) {
    return new PlanRequest(ContractJson.VERSION, target, null, null, null);
  }

  /** A command with the options that name the target. */
  private static List<String> with(TargetDocument target, String command) {
    List<String> all = new ArrayList<>(List.of(command));
    if (target.xid() != null) {
      all.addAll(List.of("--target-xid", target.xid()));
    } else {
      all.add("--target-latest");
    }
    return all;
  }

  /** Runs a command, as a person would, and shows what comes out. */
  private void shown(List<String> command) {
    tell(command);
    AgentProgram.Ended ended = quietly(command);
    narrator.output(ended.messages());
    narrator.output(ended.output());
  }

  private void tell(List<String> command) {
    narrator.command("pgbackup " + String.join(" ", command));
  }

  /** Runs a command that has to succeed. */
  private AgentProgram.Ended quietly(List<String> command) {
    return successful(command, agent.run(command));
  }

  private static AgentProgram.Ended successful(List<String> command, AgentProgram.Ended ended) {
    if (ended.exitCode() != 0) {
      throw new IllegalStateException(
          "pgbackup %s ended with code %d:\n%s%s"
              .formatted(
                  String.join(" ", command), ended.exitCode(), ended.messages(), ended.output()));
    }
    return ended;
  }

  private void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).pollInterval(Duration.ofMillis(100)).atMost(PATIENCE).until(condition);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
