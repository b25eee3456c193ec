package dev.pgbackup.agent.log;

import java.io.PrintWriter;
import java.io.StringWriter;

/** How an event becomes text, its line feed included. */
@FunctionalInterface
interface LineFormat {

  String line(LogEvent event);

  /** The failure with its causes, over several lines. */
  static String stackTrace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }
}
