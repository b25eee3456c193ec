package dev.pgbackup.scenario;

/**
 * Why a restore would not be done.
 *
 * @param reason a stable word
 * @param message what is possible instead
 */
public record Refused(String reason, String message) {}
