/**
 * Real PostgreSQL and S3 servers as processes of this machine, and what is needed to judge them
 * from outside: faults on the wire, a workload that keeps its own books, integrity checks.
 *
 * <p>Depends on nothing else of this project, so that it can judge all of it.
 */
@NullMarked
package dev.pgbackup.testkit;

import org.jspecify.annotations.NullMarked;
