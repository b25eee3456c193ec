package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.output.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The commands and their options, as tables. */
public final class CommandReference {

  private static final List<String> EVERYWHERE =
      List.of("--help", "--version", "--output", "--color", "--verbose", "--quiet");
  private static final List<String> ARCHIVE =
      List.of(
          "--config",
          "--store",
          "--s3-endpoint",
          "--s3-region",
          "--s3-path-style",
          "--s3-ca-file",
          "--archive");

  private CommandReference() {}

  /** In Markdown. */
  public static String markdown() {
    CommandLine root =
        Pgbackup.commandLine(new Terminal(System.out, System.err, false, false, Map.of()));
    StringBuilder page =
        new StringBuilder("| command | what it does | options of its own |\n|---|---|---|\n");
    root.getSubcommands().values().stream()
        .distinct()
        .filter(command -> !command.getCommandSpec().usageMessage().hidden())
        .filter(command -> !command.getCommandName().equals("help"))
        .forEach(command -> page.append(row(command)));
    return page.toString();
  }

  private static String row(CommandLine command) {
    List<String> options = new ArrayList<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!EVERYWHERE.contains(option.longestName()) && !ARCHIVE.contains(option.longestName())) {
        options.add(
            "`"
                + option.longestName()
                + (option.paramLabel().isEmpty() || option.arity().max() == 0
                    ? ""
                    : " " + option.paramLabel())
                + "` "
                + String.join(" ", option.description()).replace("%%", "%"));
      }
    }
    return "| `"
        + command.getCommandName()
        + "` | "
        + String.join(" ", command.getCommandSpec().usageMessage().description())
        + " | "
        + String.join("<br>", options)
        + " |\n";
  }
}
