/** What every object store must do, and the stores that misbehave on purpose. */
@NullMarked
package dev.pgbackup.engine.store;

import org.jspecify.annotations.NullMarked;
