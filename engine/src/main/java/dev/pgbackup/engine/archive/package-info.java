/**
 * What lies in the bucket: layout, identity, the one writer, timelines, the catalog of backups,
 * pins. The normative text is {@code docs/archive-format.md}; the documents themselves are in
 * {@code archive.format}.
 */
@NullMarked
package dev.pgbackup.engine.archive;

import org.jspecify.annotations.NullMarked;
