/** Tests of log lines. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.agent.log;
