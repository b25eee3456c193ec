/** The versioned documents of the archive, and their JSON. */
@NullMarked
package dev.pgbackup.engine.archive.format;

import org.jspecify.annotations.NullMarked;
