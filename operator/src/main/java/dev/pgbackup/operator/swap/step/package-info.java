/**
 * The steps of a swap. The one that is being taken is written down in the status before it begins;
 * each may be taken again and again, looks at the cluster itself, and passes over what is done.
 */
@NullMarked
package dev.pgbackup.operator.swap.step;

import org.jspecify.annotations.NullMarked;
