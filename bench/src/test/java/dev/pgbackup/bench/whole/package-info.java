@NullMarked
package dev.pgbackup.bench.whole;

import org.jspecify.annotations.NullMarked;
