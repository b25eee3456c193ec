/** {@code PgRestore}: a sequence of small steps, done once. */
@NullMarked
package dev.pgbackup.operator.restore;

import org.jspecify.annotations.NullMarked;
