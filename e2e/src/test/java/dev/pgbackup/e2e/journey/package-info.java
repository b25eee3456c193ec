/**
 * The walkthrough on a real cluster, with the installation and the examples as they are shipped:
 * each row is proven by what SQL returns.
 */
package dev.pgbackup.e2e.journey;
