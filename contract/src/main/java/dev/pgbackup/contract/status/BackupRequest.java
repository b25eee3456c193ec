package dev.pgbackup.contract.status;

import org.jspecify.annotations.Nullable;

/**
 * {@code POST /backups}: asks for a backup. Asked again with the same id, the agent answers with
 * the state of that request and begins nothing. The answer is a {@link BackupProgressStatus}.
 *
 * @param requestId chosen by who asks, unique; absent: a new one
 * @param origin {@code Manual} (default) or {@code PostRestore}
 */
public record BackupRequest(int version, @Nullable String requestId, @Nullable String origin) {}
