/** A restore as a job, tested. */
@NullMarked
package dev.pgbackup.agent.job;

import org.jspecify.annotations.NullMarked;
