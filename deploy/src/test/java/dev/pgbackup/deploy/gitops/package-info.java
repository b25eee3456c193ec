/** What Argo CD, Flux, kstatus and kubectl make of the statuses. */
@NullMarked
package dev.pgbackup.deploy.gitops;

import org.jspecify.annotations.NullMarked;
