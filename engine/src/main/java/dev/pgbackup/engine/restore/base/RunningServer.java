package dev.pgbackup.engine.restore.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The server that runs on a data directory, by the lock file that PostgreSQL keeps there.
 *
 * @param pid of the postmaster
 */
public record RunningServer(long pid) {

  /** PostgreSQL's lock file. */
  public static final String LOCK_FILE = "postmaster.pid";

  /**
   * Looks for it. A process of that number counts, unless it is provably at work elsewhere: a
   * postmaster's working directory is its data directory.
   */
  public static Optional<RunningServer> of(Path dataDirectory) {
    return pid(dataDirectory)
        .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
        .filter(pid -> pid != ProcessHandle.current().pid())
        .filter(pid -> mayWorkIn(pid, dataDirectory))
        .map(RunningServer::new);
  }

  private static Optional<Long> pid(Path dataDirectory) {
    try {
      List<String> lines = Files.readAllLines(dataDirectory.resolve(LOCK_FILE));
      // A standalone backend writes its number with a minus.
      String first = lines.isEmpty() ? "" : lines.get(0).strip().replaceFirst("^-", "");
      return first.matches("[1-9][0-9]{0,9}")
          ? Optional.of(Long.parseLong(first))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.of(dataDirectory.resolve(LOCK_FILE), e);
    }
  }

  private static boolean mayWorkIn(long pid, Path dataDirectory) {
    try {
      Path workingDirectory = Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd"));
      return workingDirectory.equals(dataDirectory.toRealPath());
    } catch (IOException | UnsupportedOperationException unknown) {
      return true;
    }
  }
}
