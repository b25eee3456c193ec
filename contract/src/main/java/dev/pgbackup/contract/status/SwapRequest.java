package dev.pgbackup.contract.status;

import org.jspecify.annotations.Nullable;

/**
 * {@code POST /prepare-swap}; without a body all defaults.
 *
 * @param stopBackup whether a backup that is being taken is given up, instead of the call being
 *     refused; absent: false
 * @param pauseSeconds see {@link PauseRequest#seconds}
 */
public record SwapRequest(
    int version, @Nullable Boolean stopBackup, @Nullable Integer pauseSeconds) {}
