/** Tests of the right to call. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.contract.http;
