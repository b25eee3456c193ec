package dev.pgbackup.engine.restore.check;

import java.time.Duration;

/**
 * A question about a database.
 *
 * @param sql one query; it passes by returning exactly one row with one column that is true
 * @param atMost after that it has not passed
 */
public record SqlCheck(String name, String sql, String database, Duration atMost) {}
