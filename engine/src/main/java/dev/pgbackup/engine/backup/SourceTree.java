package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.content.FileListWriter;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's data directory, walked in the order in which a list of files has its paths. Each
 * folder is listed when it is come to: what appears or vanishes meanwhile is put right by the WAL.
 */
final class SourceTree {

  private static final Logger LOG = LoggerFactory.getLogger(SourceTree.class);

  private static final int DEEPEST = 32;

  /** What stands for bytes that are no characters. */
  private static final char UNREADABLE = '\uFFFD';

  private final Folders folders;
  private final CopyRules rules;

  /** Where folders are listed. */
  @FunctionalInterface
  interface Folders {

    /** What is in a folder; nothing if it has vanished. The empty path is the data directory. */
    DirectoryListing list(String path);
  }

  SourceTree(Folders folders, CopyRules rules) {
    this.folders = folders;
    this.rules = rules;
  }

  /** Hands over everything that is copied. */
  void walk(Consumer<SourceFile> sink) {
    walk("", 0, sink);
  }

  private void walk(String folder, int depth, Consumer<SourceFile> sink) {
    if (depth > DEEPEST) {
      throw new EngineException(
          Reason.UnsupportedLayout,
          "The data directory has folders more than "
              + DEEPEST
              + " deep, as in "
              + folder
              + ": a symbolic link there probably leads back up. Remove that link.");
    }
    DirectoryListing listing = folders.list(folder);
    boolean relations = rules.holdsRelations(folder);
    Set<Long> unlogged = relations ? unlogged(listing) : Set.of();
    TreeSet<String> pending = new TreeSet<>(FileListWriter::compare);
    for (int i = 0; i < listing.size(); i++) {
      String name = listing.name(i);
      if (!rules.isCopied(folder, name)) {
        continue;
      }
      String path = folder.isEmpty() ? name : folder + "/" + name;
      if (name.indexOf(UNREADABLE) >= 0) {
        LOG.warn("{} is left out: its name is not UTF-8, so it is no file of PostgreSQL's.", path);
        continue;
      }
      descend(pending, path, depth, sink);
      if (listing.isFolder(i)) {
        sink.accept(SourceFile.folder(path));
        if (rules.isCopiedWithContent(path)) {
          pending.add(path + "/");
        }
        continue;
      }
      Optional<RelationFileName> relation =
          relations ? RelationFileName.parse(name) : Optional.empty();
      if (relation.isEmpty() || isCopied(relation.get(), unlogged)) {
        sink.accept(new SourceFile(path, FileEntry.Kind.File, listing.fileSize(i), relation));
      }
    }
    while (!pending.isEmpty()) {
      walkFirst(pending, depth, sink);
    }
  }

  /** A folder's content comes behind whatever sorts between its name and its name with a slash. */
  private void descend(
      TreeSet<String> pending, String before, int depth, Consumer<SourceFile> sink) {
    while (!pending.isEmpty() && FileListWriter.compare(pending.first(), before) < 0) {
      walkFirst(pending, depth, sink);
    }
  }

  private void walkFirst(TreeSet<String> pending, int depth, Consumer<SourceFile> sink) {
    String path = pending.first();
    pending.remove(path);
    walk(path.substring(0, path.length() - 1), depth + 1, sink);
  }

  private static Set<Long> unlogged(DirectoryListing listing) {
    Set<Long> unlogged = new HashSet<>();
    for (int i = 0; i < listing.size(); i++) {
      RelationFileName.parse(listing.name(i))
          .filter(name -> name.fork() == RelationFileName.Fork.Init)
          .ifPresent(name -> unlogged.add(name.relation()));
    }
    return unlogged;
  }

  private static boolean isCopied(RelationFileName file, Set<Long> unlogged) {
    return !file.temporary()
        && (file.fork() == RelationFileName.Fork.Init || !unlogged.contains(file.relation()));
  }
}
