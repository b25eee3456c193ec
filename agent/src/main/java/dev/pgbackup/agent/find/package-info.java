/** Looking for what happened in archived WAL. */
@NullMarked
package dev.pgbackup.agent.find;

import org.jspecify.annotations.NullMarked;
