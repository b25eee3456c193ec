package dev.pgbackup.scenario;

/**
 * A published base backup.
 *
 * @param id in the archive
 * @param timeline on which it was taken
 */
public record Backup(String id, int timeline) {}
