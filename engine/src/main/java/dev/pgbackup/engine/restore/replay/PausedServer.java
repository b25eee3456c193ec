package dev.pgbackup.engine.restore.replay;

/**
 * A server that waits at its target, for a look at it. It answers queries on loopback, without a
 * password, and changes nothing.
 *
 * @param role a superuser
 */
public record PausedServer(int port, String role) {}
