@NullMarked
package dev.pgbackup.engine.restore.replay;

import org.jspecify.annotations.NullMarked;
