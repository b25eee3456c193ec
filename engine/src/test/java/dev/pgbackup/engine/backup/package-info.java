/** Tests of base backups. */
@NullMarked
package dev.pgbackup.engine.backup;

import org.jspecify.annotations.NullMarked;
