/** The life of a policy on a real cluster. */
package dev.pgbackup.e2e.policy;
