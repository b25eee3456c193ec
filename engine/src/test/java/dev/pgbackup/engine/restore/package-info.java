@NullMarked
package dev.pgbackup.engine.restore;

import org.jspecify.annotations.NullMarked;
