/** Tests of the command line, within this process. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.agent.cli;
