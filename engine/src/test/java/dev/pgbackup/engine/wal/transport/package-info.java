@NullMarked
package dev.pgbackup.engine.wal.transport;

import org.jspecify.annotations.NullMarked;
