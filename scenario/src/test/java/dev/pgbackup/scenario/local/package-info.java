/** The story on this machine, with the packaged agent. */
@NullMarked
package dev.pgbackup.scenario.local;

import org.jspecify.annotations.NullMarked;
