/**
 * How long backups and WAL are kept: a pure policy becomes a plan, and the plan is carried out so
 * that a kill at any point is harmless.
 */
@NullMarked
package dev.pgbackup.engine.retention;

import org.jspecify.annotations.NullMarked;
