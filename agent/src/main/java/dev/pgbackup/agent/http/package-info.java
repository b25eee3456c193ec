/** The sidecar's HTTP server: who may call what, and how answers look. */
@NullMarked
package dev.pgbackup.agent.http;

import org.jspecify.annotations.NullMarked;
