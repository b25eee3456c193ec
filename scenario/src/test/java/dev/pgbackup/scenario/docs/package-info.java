/** What README and {@code docs/} say, held against what is there. */
@NullMarked
package dev.pgbackup.scenario.docs;

import org.jspecify.annotations.NullMarked;
