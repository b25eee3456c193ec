/** Files of a data directory that say in what state it is. */
@NullMarked
package dev.pgbackup.engine.postgres.control;

import org.jspecify.annotations.NullMarked;
