/** A benchmark, not a test: the operator as it is shipped, with many policies. */
@NullMarked
package dev.pgbackup.operator.scale;

import org.jspecify.annotations.NullMarked;
