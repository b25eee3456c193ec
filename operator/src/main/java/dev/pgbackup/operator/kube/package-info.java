/** Reading and writing Kubernetes objects: the narrow ways in which the rest uses the client. */
@NullMarked
package dev.pgbackup.operator.kube;

import org.jspecify.annotations.NullMarked;
