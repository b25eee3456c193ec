/**
 * The parts that pods of agents and of restore jobs are made of: security, mounted files,
 * configuration, placement. Pure: no client.
 */
@NullMarked
package dev.pgbackup.operator.pod;

import org.jspecify.annotations.NullMarked;
