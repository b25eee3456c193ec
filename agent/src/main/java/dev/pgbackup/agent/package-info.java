/** One executable around the engine: the command line, and the daemon that archives. */
@NullMarked
package dev.pgbackup.agent;

import org.jspecify.annotations.NullMarked;
