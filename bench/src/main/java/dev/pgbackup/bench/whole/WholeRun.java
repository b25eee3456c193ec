package dev.pgbackup.bench.whole;

import dev.pgbackup.testkit.PostgresBinaries;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code bench/run whole}. */
@Command(
    name = "bench/run whole",
    sortOptions = false,
    description = {
      "Measures whole runs of pgbackup on this machine: backups, restores, WAL, memory, requests; beside pg_basebackup"
          + " and pg_receivewal where this machine has them, else beside cp.",
      "",
      "PostgreSQL and an S3 server are started as processes that listen on loopback, in one temporary folder. It takes"
          + " three to four times the size of the database there. Nothing is left behind but the results."
    })
public final class WholeRun implements Callable<Integer> {

  private static final int WITHOUT_CLIENT = 16;
  private static final int OUT_OF_TIME = 3;

  @Option(
      names = "--size-gb",
      paramLabel = "N",
      defaultValue = "1",
      description = "size of the database in GB (default: ${DEFAULT-VALUE})")
  private double size;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "3",
      description = "how often each is measured, in turns (default: ${DEFAULT-VALUE})")
  private int runs;

  @Option(
      names = "--wal-mb",
      paramLabel = "N",
      defaultValue = "1000",
      description = "WAL of the backlog in MB (default: ${DEFAULT-VALUE})")
  private long wal;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "50",
      description = "steady WAL in MB a second (default: ${DEFAULT-VALUE})")
  private long rate;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "how long it is written (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "4",
      description = "connections of a backup, requests of a restore (default: ${DEFAULT-VALUE})")
  private int parallelism;

  @Option(
      names = "--stages",
      paramLabel = "STAGE",
      split = ",",
      defaultValue = "backup,wal,stream,requests",
      description = "of ${COMPLETION-CANDIDATES} (default: all)")
  private EnumSet<Options.Stage> stages = EnumSet.noneOf(Options.Stage.class);

  @Option(
      names = "--postgres",
      paramLabel = "MAJOR",
      description =
          "version of the server, one that is bundled (default: the newest that this machine's pg_basebackup understands)")
  private Optional<Integer> major = Optional.empty();

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "where the temporary folder is made (default: the system's place for such)")
  private Optional<Path> place = Optional.empty();

  @Option(
      names = "--program",
      paramLabel = "FILE",
      defaultValue = "agent/target/pgbackup",
      description = "what is measured, such as an earlier build (default: ${DEFAULT-VALUE})")
  private Path program = Path.of("");

  @Option(
      names = "--quick",
      description = "small sizes, once: whether all of it works, not how fast it is")
  private boolean quick;

  @Option(
      names = "--results",
      paramLabel = "DIR",
      defaultValue = "bench/target",
      description = "for whole.md and whole.json (default: ${DEFAULT-VALUE})")
  private Path results = Path.of("");

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "60",
      description = "after which it gives up, with what it has (default: ${DEFAULT-VALUE})")
  private int minutes;

  @Option(names = "--help", usageHelp = true, description = "show this help and exit")
  private boolean help;

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private WholeRun() {}

  /** Ends with 0 if all was measured, 1 if something failed, 2 if an option is wrong. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new WholeRun())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, SQLException {
    Options options = options();
    Path folder =
        place.isPresent()
            ? Files.createTempDirectory(place.get(), "pgbackup-bench-")
            : Files.createTempDirectory("pgbackup-bench-");
    Programs programs = new Programs(Files.createDirectory(folder.resolve("logs")));
    PostgresBinaries binaries = binaries(programs);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(WholeRun::daemon);
    out.printf("Filling a database of %.1f GB (%s)...%n", options.bytes() / 1e9, binaries);
    try (Rig rig = Rig.build(folder, options, binaries, programs)) {
      Files.createDirectories(results);
      Results measured = new Results(results, out, options, versions(rig));
      var bound = clock.schedule(() -> giveUp(measured), minutes, TimeUnit.MINUTES);
      measure(rig, options, measured);
      bound.cancel(false);
      out.println();
      out.print(measured.report());
    }
    return 0;
  }

  private Options options() {
    return quick
        ? new Options(
            100_000_000,
            1,
            50_000_000,
            10_000_000,
            3,
            parallelism,
            program.toAbsolutePath(),
            stages)
        : new Options(
            (long) (size * 1e9),
            runs,
            wal * 1_000_000,
            rate * 1_000_000,
            seconds,
            parallelism,
            program.toAbsolutePath(),
            stages);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "clock");
    thread.setDaemon(true);
    return thread;
  }

  private void giveUp(Results measured) {
    out.println();
    out.print(measured.report());
    out.printf("%nStopped after %d minutes; --minutes allows more.%n", minutes);
    Runtime.getRuntime().halt(OUT_OF_TIME);
  }

  private PostgresBinaries binaries(Programs programs) {
    if (major.isPresent()) {
      return PostgresBinaries.of(major.get());
    }
    int most = programs.client("pg_basebackup").map(Programs.Client::major).orElse(WITHOUT_CLIENT);
    return PostgresBinaries.available().stream()
        .filter(bundled -> bundled.major() <= most)
        .max(Comparator.comparingInt(PostgresBinaries::major))
        .orElseGet(() -> PostgresBinaries.of(WITHOUT_CLIENT));
  }

  private static Map<String, String> versions(Rig rig) throws SQLException {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("PostgreSQL", rig.server().query("SHOW server_version"));
    versions.put(
        "pg_basebackup",
        rig.client("pg_basebackup").map(c -> String.valueOf(c.major())).orElse("not found"));
    versions.put("store", "s3proxy over HTTP");
    return versions;
  }

  private static void measure(Rig rig, Options options, Results results) throws SQLException {
    if (options.stages().contains(Options.Stage.backup)) {
      BackupStage stage = new BackupStage(rig, results::add);
      for (int run = 1; run <= options.runs(); run++) {
        stage.run(run);
      }
    }
    if (options.stages().contains(Options.Stage.wal)) {
      WalStage stage = new WalStage(rig, results::add);
      for (int run = 1; run <= options.runs(); run++) {
        stage.run(run);
      }
      stage.end();
    }
    if (options.stages().contains(Options.Stage.stream)) {
      StreamStage stage = new StreamStage(rig, results::add);
      for (int run = 1; run <= options.runs(); run++) {
        stage.run(run);
      }
    }
    if (options.stages().contains(Options.Stage.requests)) {
      new RequestStage(rig, results::add).run();
    }
  }
}
