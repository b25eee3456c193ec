/**
 * The steps of a restore. Each may be taken again and again: what is done already is recognized,
 * and passed over.
 */
@NullMarked
package dev.pgbackup.operator.restore.step;

import org.jspecify.annotations.NullMarked;
