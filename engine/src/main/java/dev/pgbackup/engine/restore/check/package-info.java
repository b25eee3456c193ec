/** Questions that somebody wants answered by a database at its target, before it is promoted. */
@NullMarked
package dev.pgbackup.engine.restore.check;

import org.jspecify.annotations.NullMarked;
