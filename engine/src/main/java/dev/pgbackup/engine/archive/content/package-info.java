/**
 * What a base backup's objects hold, byte by byte: chunks, the bundles that carry them, lists of
 * files. Every writer and every reader of them is here.
 */
@NullMarked
package dev.pgbackup.engine.archive.content;

import org.jspecify.annotations.NullMarked;
