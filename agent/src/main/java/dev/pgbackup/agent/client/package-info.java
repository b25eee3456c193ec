/** Asking a sidecar that runs elsewhere on this host. */
@NullMarked
package dev.pgbackup.agent.client;

import org.jspecify.annotations.NullMarked;
