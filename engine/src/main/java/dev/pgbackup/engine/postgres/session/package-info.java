/**
 * Sessions with a PostgreSQL server: where it is, that it is the one that was meant, and what its
 * errors mean.
 */
@NullMarked
package dev.pgbackup.engine.postgres.session;

import org.jspecify.annotations.NullMarked;
