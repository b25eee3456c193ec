/** Tests of what a restore reports. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.contract.restore;
