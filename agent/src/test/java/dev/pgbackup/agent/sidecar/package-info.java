/** Tests of the daemon's decisions. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.agent.sidecar;
