/** What holds for the agent as a whole. */
@NullMarked
package dev.pgbackup.agent;

import org.jspecify.annotations.NullMarked;
