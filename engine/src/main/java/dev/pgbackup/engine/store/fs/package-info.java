/** The object store in a directory: for tests, for disks and for network file systems. */
@NullMarked
package dev.pgbackup.engine.store.fs;

import org.jspecify.annotations.NullMarked;
