/**
 * What is put around any store: trying again, counting, slowing down. Each keeps the store's
 * contract.
 */
@NullMarked
package dev.pgbackup.engine.store.decorate;

import org.jspecify.annotations.NullMarked;
