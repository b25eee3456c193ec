package dev.pgbackup.contract.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /pause} and {@code POST /pause}.
 *
 * @param until absent if the agent is not paused
 */
public record Pause(int version, @Nullable Instant until) {}
