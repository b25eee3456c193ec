/** {@code PgBackupPolicy}: observe, validate, reconcile, in that order, every time. */
@NullMarked
package dev.pgbackup.operator.policy;

import org.jspecify.annotations.NullMarked;
