/** The command line: one class per command, and what they have in common. */
@NullMarked
package dev.pgbackup.agent.cli;

import org.jspecify.annotations.NullMarked;
