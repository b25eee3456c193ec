/**
 * The agent's configuration: one document, every key a record component with its meaning and its
 * default beside it.
 */
@NullMarked
package dev.pgbackup.contract.config;

import org.jspecify.annotations.NullMarked;
