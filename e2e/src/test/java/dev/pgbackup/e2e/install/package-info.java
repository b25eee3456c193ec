/** What is installed and what is copied: manifests of {@code deploy} and {@code examples}. */
package dev.pgbackup.e2e.install;
