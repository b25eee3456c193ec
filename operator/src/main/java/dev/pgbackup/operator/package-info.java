/**
 * The operator: watches the custom resources and makes Kubernetes run agents and restore jobs. It
 * opens neither an object store nor a PostgreSQL, and reads no Secret but its own.
 */
@NullMarked
package dev.pgbackup.operator;

import org.jspecify.annotations.NullMarked;
