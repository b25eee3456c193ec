package dev.pgbackup.agent.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.pgbackup.contract.config.BaseBackupConfig;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The times at which a cron expression is due in a time zone, each moved by a random bit. Pure: it
 * is asked with the time.
 */
public final class BackupSchedule {

  private final Optional<ExecutionTime> times;
  private final ZoneId zone;
  private final Duration jitter;
  private final RandomGenerator random;

  public BackupSchedule(BaseBackupConfig config, RandomGenerator random) {
    this.times = cron(config.schedule()).map(ExecutionTime::forCron);
    this.zone = zone(config.timeZone());
    this.jitter = config.jitter().duration();
    this.random = random;
  }

  /**
   * Reads a UNIX cron expression; empty text is no schedule.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Optional<Cron> cron(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
              .parse(text)
              .validate());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is not a cron expression: expected minute, hour, day of month, month and day of week,"
              + " as in 0 2 * * * ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /**
   * Reads a name of the tz database.
   *
   * @throws IllegalArgumentException if there is no such zone
   */
  public static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not a time zone: expected a name as in Europe/Berlin or Etc/UTC", e);
    }
  }

  /** When the next backup is due, strictly after a time; empty if there is no schedule. */
  public Optional<Instant> nextAfter(Instant time) {
    return dueAfter(time).map(due -> due.plus(randomBit()));
  }

  /**
   * Whether a backup was due between two times, the later one included: one that was missed while
   * nobody looked.
   */
  public boolean wasDue(Instant since, Instant now) {
    return dueAfter(since).map(due -> !due.isAfter(now)).orElse(false);
  }

  /**
   * The expression is asked about the time on the wall, without its offset. What falls into an hour
   * that is left out in spring comes an hour later; what falls into one that is there twice in
   * autumn comes the first time.
   */
  private Optional<Instant> dueAfter(Instant time) {
    if (times.isEmpty()) {
      return Optional.empty();
    }
    Optional<ZonedDateTime> wall =
        Optional.of(LocalDateTime.ofInstant(time, zone).atZone(ZoneOffset.UTC));
    Optional<Instant> due = Optional.empty();
    do {
      wall = wall.flatMap(times.get()::nextExecution);
      due = wall.map(local -> local.toLocalDateTime().atZone(zone).toInstant());
    } while (due.isPresent() && !due.get().isAfter(time));
    return due;
  }

  private Duration randomBit() {
    return jitter.isZero()
        ? Duration.ZERO
        : Duration.ofMillis(random.nextLong(jitter.toMillis() + 1));
  }
}
