package dev.pgbackup.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The JVM of the packaged agent where many agents live for seconds each: most of their time would
 * go into loading classes, and into compiling them for a speed that they never need.
 *
 * <p>It is the JVM of this process, with the agent's options and further ones. The first agent that
 * has loaded most of its classes and ends by itself leaves them for all later ones, until the agent
 * is built anew.
 */
public final class AgentJvm {

  private static final String VARIABLE = "PGBACKUP_JAVA_OPTS";

  /** What the JVM has to say of classes that it does not archive would be in the agent's output. */
  private static final String OPTIONS = "-XX:TieredStopAtLevel=1 -Xlog:disable ";

  /** Commands that speak to a store. */
  private static final Set<String> THOROUGH = Set.of("backup", "list", "plan", "verify");

  private final Path libraries;
  private final Path file;
  private final ClassArchive classes;

  /**
   * @param launcher of the packaged agent, with its libraries in {@code lib} beside it
   */
  public AgentJvm(Path launcher) {
    this.libraries = launcher.resolveSibling("lib");
    this.file = launcher.resolveSibling("pgbackup.jsa");
    this.classes = new ClassArchive(file);
  }

  /** Starts an agent that goes on until somebody ends it. */
  public Process start(ProcessBuilder agent) throws IOException {
    return started(agent, hasClasses() ? classes.taking() : List.of());
  }

  /** Starts an agent that ends by itself. */
  public Process run(ProcessBuilder agent) throws IOException {
    if (hasClasses() || !canBeNamed() || agent.command().stream().noneMatch(THOROUGH::contains)) {
      return start(agent);
    }
    ClassArchive.Draft draft = classes.draft();
    Process process = started(agent, draft.making());
    draft.publishAfter(process);
    return process;
  }

  private static Process started(ProcessBuilder agent, List<String> more) throws IOException {
    agent.environment().put("JAVA_HOME", System.getProperty("java.home"));
    agent.environment().put(VARIABLE, OPTIONS + String.join(" ", more));
    return agent.start();
  }

  /** The launcher takes what is between two spaces for an option. */
  private boolean canBeNamed() {
    return !file.toString().contains(" ");
  }

  private boolean hasClasses() throws IOException {
    try (Stream<Path> jars = Files.list(libraries)) {
      return classes.fits(jars.toList());
    }
  }
}
