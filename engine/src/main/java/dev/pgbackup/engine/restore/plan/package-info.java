/**
 * What a restore would do, worked out before anything is done: which backup, which WAL, up to which
 * record.
 */
@NullMarked
package dev.pgbackup.engine.restore.plan;

import org.jspecify.annotations.NullMarked;
