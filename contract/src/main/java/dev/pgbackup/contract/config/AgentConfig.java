package dev.pgbackup.contract.config;

import org.jspecify.annotations.Nullable;

/**
 * The agent's configuration file. Secrets are never in it: it names the files that hold them.
 *
 * <p>Whoever reads it fills in the defaults of {@link Setting} and refuses what it does not know.
 */
public record AgentConfig(
    @Setting(value = "Version of this file's format; 1 is the only one.", byDefault = "1")
        int version,
    @Setting("The PostgreSQL server; needed by `sidecar` and `backup`.")
        @Nullable ConnectionConfig connection,
    @Setting("Where the archive is: a bucket or a directory.") StorageConfig storage,
    @Setting(
            value =
                "Which of the cluster's archives is meant, from 1. A new one is begun when the history of the old one cannot be continued (`DivergentWal`, a copy of the server).",
            byDefault = "1")
        int lineage,
    @Setting(
            "Epoch of another writer of the archive that may be replaced, as the error `SecondWriter` names it. Remove it again afterwards.")
        @Nullable Long takeOverEpoch,
    @Setting("The write-ahead log.") WalConfig wal,
    @Setting("Base backups.") BaseBackupConfig baseBackup,
    @Setting("What is kept.") RetentionConfig retention,
    @Setting("The HTTP server of the sidecar.") HttpConfig http,
    @Setting("Logging, to the standard error stream.") LogConfig log) {}
