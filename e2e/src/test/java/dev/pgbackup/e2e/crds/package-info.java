/** The custom resources before a real API server. */
package dev.pgbackup.e2e.crds;
