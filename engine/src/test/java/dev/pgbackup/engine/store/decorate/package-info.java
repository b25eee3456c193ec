/** Tests of what is put around a store. */
@NullMarked
package dev.pgbackup.engine.store.decorate;

import org.jspecify.annotations.NullMarked;
