/** The daemon: archives WAL, takes backups when they are due, and keeps the recovery window. */
@NullMarked
package dev.pgbackup.agent.sidecar;

import org.jspecify.annotations.NullMarked;
