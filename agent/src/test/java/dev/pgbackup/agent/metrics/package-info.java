/** Tests of the numbers for Prometheus. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.agent.metrics;
