@NullMarked
package dev.pgbackup.engine.wal.index;

import org.jspecify.annotations.NullMarked;
