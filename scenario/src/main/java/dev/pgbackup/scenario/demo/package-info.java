/** The command {@code ./demo}. */
@NullMarked
package dev.pgbackup.scenario.demo;

import org.jspecify.annotations.NullMarked;
