package dev.pgbackup.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The JVM of the packaged agent where many agents live for seconds each: most of their time would
 * go into loading classes, and into compiling them for a speed that they never need.
 *
 * <p>It is the agent's own JVM with further options. The first agent that ends by itself leaves its
 * classes for all later ones, until the agent is built anew.
 */
public final class AgentJvm {

  private static final String VARIABLE = "PGBACKUP_JAVA_OPTS";

  /** What the JVM has to say of classes that it does not archive would be in the agent's output. */
  private static final String OPTIONS = "-XX:TieredStopAtLevel=1 -Xlog:disable ";

  private final Path libraries;
  private final ClassArchive classes;

  /**
   * @param launcher of the packaged agent, with its libraries in {@code lib} beside it
   */
  public AgentJvm(Path launcher) {
    this.libraries = launcher.resolveSibling("lib");
    this.classes = new ClassArchive(launcher.resolveSibling("pgbackup.jsa"));
  }

  /** Starts an agent that goes on until somebody ends it. */
  public Process start(ProcessBuilder agent) throws IOException {
    agent.environment().put(VARIABLE, OPTIONS + (hasClasses() ? classes.taking() : ""));
    return agent.start();
  }

  /** Starts an agent that ends by itself. */
  public Process run(ProcessBuilder agent) throws IOException {
    if (hasClasses()) {
      return start(agent);
    }
    ClassArchive.Draft draft = classes.draft();
    agent.environment().put(VARIABLE, OPTIONS + draft.making());
    Process process = agent.start();
    draft.publishAfter(process);
    return process;
  }

  private boolean hasClasses() throws IOException {
    try (Stream<Path> jars = Files.list(libraries)) {
      return classes.fits(jars.toList());
    }
  }
}
