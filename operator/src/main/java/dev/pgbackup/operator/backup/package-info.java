/** {@code PgBackup}: requests are handed to the agent, records follow the bucket. */
@NullMarked
package dev.pgbackup.operator.backup;

import org.jspecify.annotations.NullMarked;
