/**
 * What there is to know about the workload that runs PostgreSQL, found in Kubernetes objects alone:
 * container, data volume, user, Service, credentials. Pure: no client.
 */
@NullMarked
package dev.pgbackup.operator.workload;

import org.jspecify.annotations.NullMarked;
