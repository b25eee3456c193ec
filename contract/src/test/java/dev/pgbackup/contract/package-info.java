/** Tests of the documents: each one written, read back, and read by a stranger. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.contract;
