/** From a policy to what it is about: its database in the cluster, and the pod of its agent. */
@NullMarked
package dev.pgbackup.operator.lookup;

import org.jspecify.annotations.NullMarked;
