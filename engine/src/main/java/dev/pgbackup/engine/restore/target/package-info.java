/**
 * Recovery targets: what a person asks for, and the one position on one timeline that it means by
 * PostgreSQL's rules.
 */
@NullMarked
package dev.pgbackup.engine.restore.target;

import org.jspecify.annotations.NullMarked;
