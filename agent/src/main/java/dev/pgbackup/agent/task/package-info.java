/** Work that a command does itself, where no sidecar does it. */
@NullMarked
package dev.pgbackup.agent.task;

import org.jspecify.annotations.NullMarked;
