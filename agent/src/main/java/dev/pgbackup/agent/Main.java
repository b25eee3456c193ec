package dev.pgbackup.agent;

import dev.pgbackup.agent.cli.Pgbackup;
import dev.pgbackup.agent.output.Terminal;

/** Where the process begins. */
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(Pgbackup.run(Terminal.ofProcess(), arguments));
  }
}
