@NullMarked
package dev.pgbackup.engine.archive.content;

import org.jspecify.annotations.NullMarked;
