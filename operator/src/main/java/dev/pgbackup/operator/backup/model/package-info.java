/** What {@code PgBackup} objects there should be, and what they say. Pure: no client. */
@NullMarked
package dev.pgbackup.operator.backup.model;

import org.jspecify.annotations.NullMarked;
