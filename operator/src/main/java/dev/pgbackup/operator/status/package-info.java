/**
 * How a status is put together, for every resource in the same way: conditions, their transition
 * times, what is worth writing and what is worth an event. Pure: no client, no clock of its own.
 */
@NullMarked
package dev.pgbackup.operator.status;

import org.jspecify.annotations.NullMarked;
