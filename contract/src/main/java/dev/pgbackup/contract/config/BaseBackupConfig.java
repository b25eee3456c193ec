package dev.pgbackup.contract.config;

import org.jspecify.annotations.Nullable;

/** When and how base backups are taken. */
public record BaseBackupConfig(
    @Setting(
            value =
                "When, as a UNIX cron expression (minute, hour, day of month, month, day of week); empty: only when asked for.",
            byDefault = "\"0 2 * * *\"")
        String schedule,
    @Setting(value = "Time zone of the schedule, a name of the tz database.", byDefault = "Etc/UTC")
        String timeZone,
    @Setting(
            value =
                "Up to this much later than scheduled, by chance, so that many agents do not begin at once.",
            byDefault = "0s")
        Span jitter,
    @Setting(
            value = "Whether the first backup is taken at once, and one after a gap in the WAL.",
            byDefault = "true")
        boolean immediate,
    @Setting(value = "Connections that read at the same time, 1 to 64.", byDefault = "4")
        int parallelism,
    @Setting("Bytes a second that are read at most; without it no limit.")
        @Nullable ByteSize maxRate,
    @Setting(
            value =
                "`Fast` begins at once; `Spread` waits for a checkpoint as the server spreads it.",
            byDefault = "Fast")
        Checkpoint checkpoint,
    @Setting(value = "After this time a backup is given up.", byDefault = "6h") Span timeout) {

  /** How the checkpoint is made with which a backup begins. */
  public enum Checkpoint {
    Fast,
    Spread
  }
}
