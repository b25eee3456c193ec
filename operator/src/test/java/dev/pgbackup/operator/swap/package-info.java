/** Swaps from beginning to end, with everybody played who has a part in them. */
@NullMarked
package dev.pgbackup.operator.swap;

import org.jspecify.annotations.NullMarked;
