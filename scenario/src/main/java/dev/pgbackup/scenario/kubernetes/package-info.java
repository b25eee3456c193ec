/**
 * The scenario on a Kubernetes cluster: the operator as it is shipped, the examples as a user
 * applies them, and an S3 server for the occasion.
 */
@NullMarked
package dev.pgbackup.scenario.kubernetes;

import org.jspecify.annotations.NullMarked;
