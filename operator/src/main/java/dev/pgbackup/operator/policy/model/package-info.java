/**
 * From a {@code PgBackupPolicy} and what was observed to the objects of its agent and to its
 * status. Pure: no client, no clock of its own.
 */
@NullMarked
package dev.pgbackup.operator.policy.model;

import org.jspecify.annotations.NullMarked;
