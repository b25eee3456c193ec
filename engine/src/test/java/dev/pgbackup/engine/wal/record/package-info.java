@NullMarked
package dev.pgbackup.engine.wal.record;

import org.jspecify.annotations.NullMarked;
