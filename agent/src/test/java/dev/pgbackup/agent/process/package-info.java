/**
 * Tests of the program as it is shipped: the launcher starts it, PostgreSQL and an S3 server are
 * real.
 */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.agent.process;
