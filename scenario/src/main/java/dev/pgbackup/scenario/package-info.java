/**
 * The scenario the product exists for, written once: rows of a table, the steps that prove them by
 * what SQL returns, and the environment in which they happen.
 */
@NullMarked
package dev.pgbackup.scenario;

import org.jspecify.annotations.NullMarked;
