/**
 * The one vocabulary of failures: what went wrong, whether trying again can help, what to do about
 * it.
 */
@NullMarked
package dev.pgbackup.engine.error;

import org.jspecify.annotations.NullMarked;
