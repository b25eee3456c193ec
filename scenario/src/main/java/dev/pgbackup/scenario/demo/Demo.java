package dev.pgbackup.scenario.demo;

import dev.pgbackup.scenario.Ending;
import dev.pgbackup.scenario.Narrator;
import dev.pgbackup.scenario.Outcome;
import dev.pgbackup.scenario.Scenario;
import dev.pgbackup.scenario.kubernetes.KubernetesCluster.Images;
import dev.pgbackup.scenario.kubernetes.KubernetesDemo;
import dev.pgbackup.scenario.local.LocalProcesses;
import dev.pgbackup.testkit.PostgresBinaries;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ./demo}. */
@Command(
    name = "./demo",
    sortOptions = false,
    description = {
      "The whole story on this machine, in about a minute: a plain PostgreSQL is protected, a mistake"
          + " is made, the master is put back to just before it, and back again.",
      "",
      "PostgreSQL and an S3 server are started as processes, and everything lies in one temporary"
          + " folder. Nothing is left behind, also after Ctrl-C.",
      "",
      "With --kubernetes it happens on the cluster that KUBECONFIG names, with the operator and the"
          + " examples, in a namespace of its own. The operator is installed if it is not there, and"
          + " removed again."
    })
public final class Demo implements Callable<Integer> {

  @Option(
      names = "--keep",
      description = "Leave it running at the end, and say how to play with it.")
  private boolean keep;

  @Option(
      names = "--postgres",
      paramLabel = "MAJOR",
      defaultValue = "16",
      description = "Version of PostgreSQL: 13, 16 or 18 (default: ${DEFAULT-VALUE}).")
  private int major;

  @Option(names = "--kubernetes", description = "Play it on the cluster that KUBECONFIG names.")
  private boolean kubernetes;

  @Option(
      names = "--postgres-image",
      paramLabel = "IMAGE",
      defaultValue = "pgbackup-test/postgres:17",
      description = "With --kubernetes: PostgreSQL 17 (default: ${DEFAULT-VALUE}).")
  private String postgresImage;

  @Option(
      names = "--s3-image",
      paramLabel = "IMAGE",
      defaultValue = "pgbackup-test/s3:latest",
      description = "With --kubernetes: an S3 server, versitygw (default: ${DEFAULT-VALUE}).")
  private String s3Image;

  @Option(names = "--help", usageHelp = true, description = "Show this help and exit.")
  private boolean help;

  private Demo() {}

  /** Ends with 0 if every row works, 1 if one does not, 2 if an option is wrong. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Demo()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Narrator narrator = new Narrator(out, isColourful());
    Path root = Path.of("").toAbsolutePath();
    if (kubernetes) {
      Images images = new Images(postgresImage, s3Image);
      return new KubernetesDemo(root, images, narrator).play() ? 0 : 1;
    }
    Path folder = Files.createTempDirectory("pgbackup-demo-");
    LocalProcesses processes =
        new LocalProcesses(PostgresBinaries.of(major), root, folder, narrator);
    Thread clearUp = new Thread(processes::close, "clear-up");
    Runtime.getRuntime().addShutdownHook(clearUp);

    Instant began = Instant.now();
    narrator.title("pgbackup: the whole story", processes.name());
    Outcome outcome =
        new Scenario(processes, narrator, keep ? Ending.KEEP_RUNNING : Ending.POLICY_GOES).play();
    narrator.end(outcome, Duration.between(began, Instant.now()));
    if (keep) {
      processes.explain();
      new CountDownLatch(1).await();
    }
    return outcome.succeeded() ? 0 : 1;
  }

  private static boolean isColourful() {
    return System.console() != null
        && System.getenv("NO_COLOR") == null
        && !"dumb".equals(System.getenv("TERM"));
  }
}
