/** What tools for GitOps are shown of the statuses. */
package dev.pgbackup.operator.gitops;
