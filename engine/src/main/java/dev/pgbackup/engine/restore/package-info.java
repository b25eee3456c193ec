/**
 * A restore from beginning to end: plan, base backup, replay, a timeline of its own; cut off at any
 * point it is finished by running it again.
 */
@NullMarked
package dev.pgbackup.engine.restore;

import org.jspecify.annotations.NullMarked;
