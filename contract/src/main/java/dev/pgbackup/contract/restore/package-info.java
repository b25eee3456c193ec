/** What a restore is asked to do, what it would do, how it gets on, and how it ended. */
@NullMarked
package dev.pgbackup.contract.restore;

import org.jspecify.annotations.NullMarked;
