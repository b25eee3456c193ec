package dev.pgbackup.agent.document;

import static java.util.Objects.requireNonNullElse;

import dev.pgbackup.contract.ContractException;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.CheckList;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.check.SqlCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The checks that a restore has to pass. */
public final class CheckLists {

  private static final String DATABASE = "postgres";
  private static final int SECONDS = 60;

  private CheckLists() {}

  /**
   * Reads them.
   *
   * @throws EngineException {@code InvalidArgument}
   */
  public static List<SqlCheck> read(Path file) {
    try {
      return ContractJson.read(Files.readString(file), CheckList.class).checks().stream()
          .map(check -> check(file, check))
          .toList();
    } catch (IOException | ContractException e) {
      throw new EngineException(
          Reason.InvalidArgument, file + " is no list of checks: " + e.getMessage() + ".", e);
    }
  }

  private static SqlCheck check(Path file, CheckList.Check check) {
    int seconds = requireNonNullElse(check.timeoutSeconds(), SECONDS);
    if (check.name() == null || check.sql() == null || check.sql().isBlank() || seconds < 1) {
      throw new EngineException(
          Reason.InvalidArgument,
          "A check in " + file + " needs a name, sql, and at least one second of time.");
    }
    return new SqlCheck(
        check.name(),
        check.sql(),
        requireNonNullElse(check.database(), DATABASE),
        Duration.ofSeconds(seconds));
  }
}
