/** {@code PgRestore}: one restore. */
@NullMarked
package dev.pgbackup.crds.restore;

import org.jspecify.annotations.NullMarked;
