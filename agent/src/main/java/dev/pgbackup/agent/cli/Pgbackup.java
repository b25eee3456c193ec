package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.document.Failures;
import dev.pgbackup.agent.output.Terminal;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code pgbackup}: the command around all others. */
@Command(
    name = "pgbackup",
    description = {
      "Continuous backup of a plain PostgreSQL to S3, and point-in-time recovery that can be undone.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  pgbackup sidecar --config pgbackup.yaml     stream, back up, keep the window",
      "  pgbackup list                               the backups, and what can be restored",
      "  pgbackup find --dropped table               when was it dropped, and by whom",
      "  pgbackup plan --target-xid 635              what a restore would do",
      "  pgbackup restore --target-xid 635 --target-dir /srv/restored \\",
      "                   --postgres-bin /usr/lib/postgresql/16/bin",
      "",
      "`pgbackup help COMMAND` explains a command. The configuration file is the one named by",
      "--config or PGBACKUP_CONFIG, else ./pgbackup.yaml, else /etc/pgbackup/pgbackup.yaml."
    },
    subcommands = {
      SidecarCommand.class,
      StatusCommand.class,
      BackupCommand.class,
      ListCommand.class,
      FindCommand.class,
      PlanCommand.class,
      RestoreCommand.class,
      VerifyCommand.class,
      PruneCommand.class,
      ArchiveWalCommand.class,
      DetachCommand.class,
      RestoreJobCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Pgbackup implements Runnable {

  private final Terminal terminal;
  @Spec private CommandSpec spec;

  private Pgbackup(Terminal terminal) {
    this.terminal = terminal;
  }

  Terminal terminal() {
    return terminal;
  }

  /**
   * Runs a command.
   *
   * @return the exit code
   */
  public static int run(Terminal terminal, String... arguments) {
    return commandLine(terminal).execute(arguments);
  }

  static CommandLine commandLine(Terminal terminal) {
    CommandLine line = new CommandLine(new Pgbackup(terminal));
    boolean colours = terminal.outIsTerminal() && terminal.variable("NO_COLOR") == null;
    return configured(line, terminal)
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                colours ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
  }

  private static CommandLine configured(CommandLine line, Terminal terminal) {
    line.setOut(writer(terminal.out()));
    line.setErr(writer(terminal.err()));
    line.setExecutionExceptionHandler(Pgbackup::failed);
    line.setParameterExceptionHandler(Pgbackup::misused);
    line.setUsageHelpWidth(100);
    line.setUsageHelpAutoWidth(false);
    line.setAbbreviatedOptionsAllowed(false);
    Map<String, String> codes = new LinkedHashMap<>();
    Arrays.stream(ExitCode.values())
        .forEach(code -> codes.put(Integer.toString(code.code()), code.meaning()));
    line.getSubcommands().values().forEach(sub -> configured(sub, terminal));
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
    line.getCommandSpec().usageMessage().exitCodeList(codes);
    return line;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command.");
  }

  private static int misused(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    line.getErr().println("pgbackup: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, line.getErr());
    line.getErr()
        .println("`" + line.getCommandSpec().qualifiedName() + " --help` shows what is possible.");
    return ExitCode.USAGE.code();
  }

  private static int failed(Exception e, CommandLine line, ParseResult parsed) {
    ExitCode code = Failures.exitCode(e);
    OutputOptions output =
        line.getCommand() instanceof OutputCommand command ? command.output() : new OutputOptions();
    if (output.isJson()) {
      line.getOut().println(ContractJson.writePretty(Failures.refusal(e)));
    }
    line.getErr().println("pgbackup: " + Failures.message(e));
    if (output.isVerbose()) {
      e.printStackTrace(line.getErr());
    }
    return code.code();
  }
}
