/**
 * Base backups: a running server's files are copied over ordinary SQL, in parallel, into chunks of
 * which only those are uploaded that the archive does not have yet.
 *
 * <p>Memory is bounded whatever the server's size: files are listed folder by folder, and of what
 * is being copied only a window is known at a time, in order of the paths. Each worker holds a
 * chunk, its packed form and a part of an upload.
 */
@NullMarked
package dev.pgbackup.engine.backup;

import org.jspecify.annotations.NullMarked;
