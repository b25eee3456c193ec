/** Audits of an archive: is everything there that a backup needs, and does it hash right. */
@NullMarked
package dev.pgbackup.engine.verify;

import org.jspecify.annotations.NullMarked;
