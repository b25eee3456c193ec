/**
 * What the operator tells Prometheus: about itself, and about the resources that it looks after.
 */
@NullMarked
package dev.pgbackup.operator.metrics;

import org.jspecify.annotations.NullMarked;
