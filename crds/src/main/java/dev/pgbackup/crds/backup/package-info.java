/** {@code PgBackup}: one base backup. */
@NullMarked
package dev.pgbackup.crds.backup;

import org.jspecify.annotations.NullMarked;
