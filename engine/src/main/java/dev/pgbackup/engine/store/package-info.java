/**
 * The object store: a small contract (see {@link dev.pgbackup.engine.store.ObjectStore}), which
 * every implementation and every decorator keeps and one conformance suite checks.
 */
@NullMarked
package dev.pgbackup.engine.store;

import org.jspecify.annotations.NullMarked;
