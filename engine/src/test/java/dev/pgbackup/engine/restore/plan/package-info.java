@NullMarked
package dev.pgbackup.engine.restore.plan;

import org.jspecify.annotations.NullMarked;
