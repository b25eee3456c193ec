/** Tests of the configuration's values. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.contract.config;
