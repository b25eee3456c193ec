/** Tests of when base backups are due. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.agent.schedule;
