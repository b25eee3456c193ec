/** Talking to agents and restore jobs over HTTP, as the module contract describes it. */
@NullMarked
package dev.pgbackup.operator.agent;

import org.jspecify.annotations.NullMarked;
