package dev.pgbackup.contract.restore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Questions about a database that is at its recovery target, before it is promoted: the file that
 * {@code pgbackup restore-job --checks} names. One that does not pass ends the restore with the
 * reason {@code ChecksFailed}; asked for once more, it goes on to the same target and asks again.
 */
public record CheckList(int version, List<Check> checks) {

  public CheckList {
    checks = checks == null ? List.of() : List.copyOf(checks);
  }

  /**
   * One question.
   *
   * @param name for people and for {@link CheckResult}
   * @param sql one query that changes nothing; it passes by returning exactly one row with one
   *     column that is true
   * @param database in which it is asked; absent: {@code postgres}
   * @param timeoutSeconds after that it has not passed; absent: 60
   */
  public record Check(
      String name, String sql, @Nullable String database, @Nullable Integer timeoutSeconds) {}
}
