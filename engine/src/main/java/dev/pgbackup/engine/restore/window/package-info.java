/** What of an archive can be restored: from where to where, and where it breaks off. */
@NullMarked
package dev.pgbackup.engine.restore.window;

import org.jspecify.annotations.NullMarked;
