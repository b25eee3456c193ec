package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.output.Style;
import picocli.CommandLine.Option;

/** How a command prints. */
final class OutputOptions {

  /** The shape of results. */
  enum Format {
    table,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table (default) for people, json for machines")
  private Format format = Format.table;

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      description = "auto (default: on a terminal), always or never")
  private Style.Colours colours = Style.Colours.auto;

  @Option(
      names = {"-v", "--verbose"},
      description = "log what is done, and where a failure comes from")
  private boolean verbose;

  @Option(
      names = {"-q", "--quiet"},
      description = "no progress bar")
  private boolean quiet;

  boolean isJson() {
    return format == Format.json;
  }

  boolean isVerbose() {
    return verbose;
  }

  boolean isQuiet() {
    return quiet;
  }

  Style.Colours colours() {
    return colours;
  }
}
