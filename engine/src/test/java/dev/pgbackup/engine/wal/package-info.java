@NullMarked
package dev.pgbackup.engine.wal;

import org.jspecify.annotations.NullMarked;
