package dev.pgbackup.agent.output;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a command prints to, and whether a person sees it.
 *
 * @param out results
 * @param err everything else: messages, progress, log lines
 * @param environment variables
 */
public record Terminal(
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Map<String, String> environment) {

  /** Set by the launcher: which of the streams are terminals, {@code out}, {@code err} or both. */
  static final String STREAMS = "PGBACKUP_TERMINALS";

  private static final int DEFAULT_WIDTH = 100;

  public Terminal {
    environment = Map.copyOf(environment);
  }

  /** The one that this process was started with. */
  public static Terminal ofProcess() {
    Map<String, String> environment = System.getenv();
    String streams = environment.getOrDefault(STREAMS, "");
    return new Terminal(
        new PrintStream(System.out, true, StandardCharsets.UTF_8),
        new PrintStream(System.err, true, StandardCharsets.UTF_8),
        streams.contains("out"),
        streams.contains("err"),
        environment);
  }

  /** Characters in a line. */
  int width() {
    String columns = environment.get("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}")
        ? Integer.parseInt(columns)
        : DEFAULT_WIDTH;
  }

  public @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }
}
