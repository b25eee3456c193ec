@NullMarked
package dev.pgbackup.engine.restore.base;

import org.jspecify.annotations.NullMarked;
