/** Finding the archive that is meant, where nobody has named it. */
@NullMarked
package dev.pgbackup.agent.archive;

import org.jspecify.annotations.NullMarked;
