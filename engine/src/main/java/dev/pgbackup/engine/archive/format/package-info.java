/** The versioned documents of the archive, the ids in them, and their JSON. */
@NullMarked
package dev.pgbackup.engine.archive.format;

import org.jspecify.annotations.NullMarked;
