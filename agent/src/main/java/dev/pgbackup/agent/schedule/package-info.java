/** When base backups are due. */
@NullMarked
package dev.pgbackup.agent.schedule;

import org.jspecify.annotations.NullMarked;
