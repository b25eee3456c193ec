/**
 * Opening the store that a configuration names: the one place that knows every implementation and
 * decorator.
 */
@NullMarked
package dev.pgbackup.engine.store.connect;

import org.jspecify.annotations.NullMarked;
