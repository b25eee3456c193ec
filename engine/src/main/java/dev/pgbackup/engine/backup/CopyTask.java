package dev.pgbackup.engine.backup;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What a worker reads by one statement: a piece of a large file, or many small files.
 *
 * @param parts in the order of the list of files
 * @param result completed by the worker, one for each part
 */
record CopyTask(List<FilePart> parts, CompletableFuture<List<CopiedPart>> result) {

  CopyTask {
    parts = List.copyOf(parts);
  }

  CopyTask(List<FilePart> parts) {
    this(parts, new CompletableFuture<>());
  }
}
