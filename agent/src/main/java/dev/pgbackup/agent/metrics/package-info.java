/** Numbers for Prometheus. What is not known is absent, never 0. */
@NullMarked
package dev.pgbackup.agent.metrics;

import org.jspecify.annotations.NullMarked;
