@NullMarked
package dev.pgbackup.engine.restore.target;

import org.jspecify.annotations.NullMarked;
