package dev.pgbackup.contract.restore;

import org.jspecify.annotations.Nullable;

/**
 * {@code POST /plan}: what would a restore do? The answer is a {@link PlanDocument} with status
 * 200, or a {@link Refusal} with status 422.
 *
 * @param timeline on which the target is looked for; absent: the one that the server was last on
 * @param backupId from which it begins; absent: the newest that fits
 * @param purpose absent: {@link RestorePurpose#Clone}
 */
public record PlanRequest(
    int version,
    TargetDocument target,
    @Nullable Integer timeline,
    @Nullable String backupId,
    @Nullable RestorePurpose purpose) {}
