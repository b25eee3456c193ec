/** The object store in a directory, tested. */
@NullMarked
package dev.pgbackup.engine.store.fs;

import org.jspecify.annotations.NullMarked;
