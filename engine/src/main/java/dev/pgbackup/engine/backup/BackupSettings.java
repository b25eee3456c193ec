package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.content.ChunkCodec;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.decorate.RateLimit;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a backup is taken.
 *
 * @param origin why
 * @param parallelism sessions that read files; one more holds the backup
 * @param limit of plain bytes read, shared by all sessions
 * @param fastCheckpoint whether the checkpoint is done as quickly as possible, rather than spread
 *     as the server's own ones are
 * @param level zstd's
 * @param walPatience how long to wait for the WAL once everything is uploaded
 * @param temporaryFolder for two unnamed files of some megabytes
 * @param host where this process runs, for people
 * @param writer name and version of the program, for people
 */
public record BackupSettings(
    Origin origin,
    int parallelism,
    RateLimit limit,
    boolean fastCheckpoint,
    int level,
    Duration walPatience,
    Path temporaryFolder,
    String host,
    String writer) {

  private static final int MOST_SESSIONS = 64;

  public BackupSettings {
    if (parallelism < 1 || parallelism > MOST_SESSIONS) {
      throw new EngineException(
          Reason.ConfigurationInvalid,
          "A backup reads with 1 to " + MOST_SESSIONS + " sessions, not " + parallelism + ".");
    }
    if (level < 1 || level > 19) {
      throw new EngineException(
          Reason.ConfigurationInvalid, "zstd has levels 1 to 19, not " + level + ".");
    }
  }

  /** With two sessions, a fast checkpoint and no limit. */
  public static BackupSettings of(Origin origin, String host, String writer) {
    return new BackupSettings(
        origin,
        2,
        RateLimit.unlimited(),
        true,
        ChunkCodec.DEFAULT_LEVEL,
        Duration.ofMinutes(10),
        Path.of(System.getProperty("java.io.tmpdir")),
        host,
        writer);
  }

  public BackupSettings withParallelism(int sessions) {
    return new BackupSettings(
        origin, sessions, limit, fastCheckpoint, level, walPatience, temporaryFolder, host, writer);
  }

  public BackupSettings withLimit(RateLimit wanted) {
    return new BackupSettings(
        origin,
        parallelism,
        wanted,
        fastCheckpoint,
        level,
        walPatience,
        temporaryFolder,
        host,
        writer);
  }

  public BackupSettings withSpreadCheckpoint() {
    return new BackupSettings(
        origin, parallelism, limit, false, level, walPatience, temporaryFolder, host, writer);
  }

  public BackupSettings withLevel(int wanted) {
    return new BackupSettings(
        origin,
        parallelism,
        limit,
        fastCheckpoint,
        wanted,
        walPatience,
        temporaryFolder,
        host,
        writer);
  }

  public BackupSettings withWalPatience(Duration wanted) {
    return new BackupSettings(
        origin, parallelism, limit, fastCheckpoint, level, wanted, temporaryFolder, host, writer);
  }

  public BackupSettings withTemporaryFolder(Path folder) {
    return new BackupSettings(
        origin, parallelism, limit, fastCheckpoint, level, walPatience, folder, host, writer);
  }
}
