package dev.pgbackup.engine.postgres.control;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code backup_label}: where the recovery of a base backup begins.
 *
 * @param start where replay begins
 * @param startFile the WAL file that holds {@code start}
 * @param checkpoint position of the record of the checkpoint that the backup began with
 * @param timeline on which it began
 * @param startTime as the server wrote it, in its own time zone
 * @param label given at the start
 * @param fromStandby whether it was taken from a standby
 */
public record BackupLabel(
    Lsn start,
    String startFile,
    Lsn checkpoint,
    Timeline timeline,
    String startTime,
    String label,
    boolean fromStandby) {

  /** Its name in a data directory. */
  public static final String FILE_NAME = "backup_label";

  private static final Pattern START =
      Pattern.compile("([0-9A-F]+/[0-9A-F]+) \\(file ([0-9A-F]{24})\\)");

  /**
   * Reads the file's text.
   *
   * @throws IllegalArgumentException if a line that recovery needs is missing or malformed
   */
  public static BackupLabel parse(String text) {
    Matcher start = START.matcher(required(text, "START WAL LOCATION"));
    if (!start.matches()) {
      throw new IllegalArgumentException("backup_label does not say where the backup starts");
    }
    String timeline = required(text, "START TIMELINE");
    if (!timeline.matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException("\"" + timeline + "\" is not a timeline");
    }
    return new BackupLabel(
        Lsn.parse(start.group(1)),
        start.group(2),
        Lsn.parse(required(text, "CHECKPOINT LOCATION")),
        new Timeline(Integer.parseInt(timeline)),
        line(text, "START TIME").orElse(""),
        line(text, "LABEL").orElse(""),
        line(text, "BACKUP FROM").orElse("").equals("standby"));
  }

  private static String required(String text, String name) {
    return line(text, name)
        .orElseThrow(() -> new IllegalArgumentException("backup_label has no line " + name));
  }

  private static Optional<String> line(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst();
  }
}
