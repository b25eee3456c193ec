/** The cluster that end-to-end tests run on, and what they share in using it. */
package dev.pgbackup.e2e;
