/**
 * Whole runs of the packaged program on this machine, beside what PostgreSQL and the system bring
 * along for the same work, measured from outside.
 */
@NullMarked
package dev.pgbackup.bench.whole;

import org.jspecify.annotations.NullMarked;
