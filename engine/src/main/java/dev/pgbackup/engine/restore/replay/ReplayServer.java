package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.postgres.ServerVersion;
import java.util.List;
import java.util.OptionalInt;

/**
 * Where PostgreSQL runs for a restore: one server at a time, in the loop of {@code server.sh}. Its
 * output goes to the log in the shared folder.
 */
public interface ReplayServer extends AutoCloseable {

  /**
   * The restored directory as the server sees it.
   *
   * @param ownConfiguration whether the directory has no {@code postgresql.conf} to begin with
   */
  record Place(String dataDirectory, boolean ownConfiguration) {}

  /** How a server is stopped. */
  enum Stop {
    /** In order, with a checkpoint. */
    FAST("INT"),
    /** At once: what was done since the last checkpoint is done again the next time. */
    IMMEDIATE("QUIT");

    private final String signal;

    Stop(String signal) {
      this.signal = signal;
    }

    String signal() {
      return signal;
    }
  }

  /**
   * Makes sure, where that can be known before one is started, that servers here can replay a
   * backup of that version.
   *
   * @throws dev.pgbackup.engine.error.EngineException with {@code ProgramMissing}
   */
  default void requireFit(ServerVersion backup) {}

  /** Begins to run servers from scripts in this folder. */
  void open(SharedFolder folder);

  /**
   * Starts {@code postgres}. Not before the one before has ended.
   *
   * @param input fed to its standard input; empty for none
   */
  void start(List<String> arguments, String input);

  /** The exit code of the server that was started last; empty while it runs. */
  OptionalInt exited();

  /** Asks the server to stop, and does not wait. Without effect where none runs. */
  void stop(Stop how);

  /** Stops what still runs, at once, and waits for its end. */
  @Override
  void close();
}
