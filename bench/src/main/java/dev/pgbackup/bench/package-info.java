/**
 * JMH benchmarks of the loops that every byte of a backup or of WAL passes through, and the data
 * they run on.
 */
@NullMarked
package dev.pgbackup.bench;

import org.jspecify.annotations.NullMarked;
