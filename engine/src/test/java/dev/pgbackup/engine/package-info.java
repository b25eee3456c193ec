/** What holds for the engine as a whole. */
@NullMarked
package dev.pgbackup.engine;

import org.jspecify.annotations.NullMarked;
