/**
 * A base backup out of the archive into a directory, whole and verified, or changed where the
 * directory differs.
 */
@NullMarked
package dev.pgbackup.engine.restore.base;

import org.jspecify.annotations.NullMarked;
