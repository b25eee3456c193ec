/**
 * A restore as the job of an orchestrator: PostgreSQL in a container beside this one, progress over
 * HTTP, the result in one small document.
 */
@NullMarked
package dev.pgbackup.agent.job;

import org.jspecify.annotations.NullMarked;
