/**
 * The documents that an operator and the agent exchange, and what they have in common: JSON, a
 * version, exit codes. Nothing of the engine and nothing of Kubernetes belongs here.
 */
@NullMarked
package dev.pgbackup.contract;

import org.jspecify.annotations.NullMarked;
