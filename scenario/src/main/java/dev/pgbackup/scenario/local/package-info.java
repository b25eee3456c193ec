/**
 * The scenario on one machine: PostgreSQL, an S3 server and the packaged agent as processes, a swap
 * of directories instead of volumes.
 */
@NullMarked
package dev.pgbackup.scenario.local;

import org.jspecify.annotations.NullMarked;
