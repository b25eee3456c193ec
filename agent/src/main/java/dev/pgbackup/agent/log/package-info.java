/**
 * Where log lines go: the standard error stream, as text or as one JSON document a line. A small
 * provider for SLF4J.
 */
@NullMarked
package dev.pgbackup.agent.log;

import org.jspecify.annotations.NullMarked;
