package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.log.LogSettings;
import dev.pgbackup.agent.output.ProgressBar;
import dev.pgbackup.agent.output.Style;
import dev.pgbackup.agent.output.Terminal;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.config.LogConfig;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** A command that prints a result: a document, or a page for people made of it. */
abstract class OutputCommand implements Callable<Integer> {

  @ParentCommand private Pgbackup parent;
  @Mixin private OutputOptions output = new OutputOptions();

  final OutputOptions output() {
    return output;
  }

  final Terminal terminal() {
    return parent.terminal();
  }

  final Style style() {
    return Style.of(terminal(), output.colours());
  }

  final ProgressBar progress() {
    return ProgressBar.on(terminal(), !output.isQuiet());
  }

  @Override
  public final Integer call() throws Exception {
    LogSettings.use(
        new LogConfig(
            LogConfig.Format.TEXT,
            output.isVerbose() ? LogConfig.Level.DEBUG : LogConfig.Level.WARN),
        terminal().err());
    return execute().code();
  }

  /** Does what the command is for. */
  abstract ExitCode execute() throws Exception;

  /** Prints a result in the shape that was asked for. */
  final <T> void print(T document, Function<T, String> page) {
    String text =
        output.isJson() ? ContractJson.writePretty(document) + "\n" : page.apply(document);
    terminal().out().print(text);
    terminal().out().flush();
  }
}
