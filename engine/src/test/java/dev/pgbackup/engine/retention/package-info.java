/** Tests of what may be deleted, and of deleting it. */
@NullMarked
package dev.pgbackup.engine.retention;

import org.jspecify.annotations.NullMarked;
