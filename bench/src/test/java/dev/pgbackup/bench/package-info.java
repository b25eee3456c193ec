/** That the benchmarks run, and that what they measure is what they say. */
@NullMarked
package dev.pgbackup.bench;

import org.jspecify.annotations.NullMarked;
