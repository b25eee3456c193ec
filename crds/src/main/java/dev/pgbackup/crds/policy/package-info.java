/** {@code PgBackupPolicy}: attaches backup to one PostgreSQL. */
@NullMarked
package dev.pgbackup.crds.policy;

import org.jspecify.annotations.NullMarked;
