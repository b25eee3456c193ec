/** The volumes that swaps have replaced, and their end, where somebody has set a time for it. */
@NullMarked
package dev.pgbackup.operator.swap.retained;

import org.jspecify.annotations.NullMarked;
