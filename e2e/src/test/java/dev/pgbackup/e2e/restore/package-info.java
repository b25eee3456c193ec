/**
 * Restores into volumes, on a real cluster: what they reach, what they refuse, what they survive.
 */
package dev.pgbackup.e2e.restore;
