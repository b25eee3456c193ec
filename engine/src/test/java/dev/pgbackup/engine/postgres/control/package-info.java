@NullMarked
package dev.pgbackup.engine.postgres.control;

import org.jspecify.annotations.NullMarked;
