/** Reading from an API server that is played. */
package dev.pgbackup.operator.kube;
