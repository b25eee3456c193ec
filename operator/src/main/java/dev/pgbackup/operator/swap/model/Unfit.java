package dev.pgbackup.operator.swap.model;

/**
 * Why a swap is refused.
 *
 * @param reason a stable name
 * @param message what is in the way, and what to do
 */
public record Unfit(String reason, String message) {}
