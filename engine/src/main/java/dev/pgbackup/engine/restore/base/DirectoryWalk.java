package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.content.FileListWriter;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What lies in a data directory and its tablespaces, in the order in which a backup lists its
 * files. One folder per level is held in memory.
 */
final class DirectoryWalk implements Iterator<FoundFile> {

  /** What is nobody's business here. */
  private static final Set<String> LEFT_ALONE = Set.of(BaseRestore.OWN_FOLDER, "lost+found");

  private final Placement placement;
  private final Set<String> tablespaceFolders;

  /** What is still to come: paths, and below them folders' contents by their path and a slash. */
  private final NavigableMap<String, FoundFile> pending = new TreeMap<>(FileListWriter::compare);

  private @Nullable FoundFile next;

  /**
   * @param tablespaceFolders the only folders in tablespaces' places that belong to this cluster
   */
  DirectoryWalk(Placement placement, Set<String> tablespaceFolders) {
    this.placement = placement;
    this.tablespaceFolders = tablespaceFolders;
    list("", placement.directory());
  }

  @Override
  public boolean hasNext() {
    while (next == null && !pending.isEmpty()) {
      String first = pending.firstKey();
      FoundFile found = pending.remove(first);
      if (first.endsWith("/")) {
        list(first, found.path());
      } else {
        next = found;
        enter(found);
      }
    }
    return next != null;
  }

  @Override
  public FoundFile next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    FoundFile found = next;
    next = null;
    return found;
  }

  private void enter(FoundFile found) {
    if (placement.isLink(found.name())) {
      Path location = placement.of(found.name());
      pending.put(found.name() + "/", new FoundFile(found.name(), location, found.kind(), 0));
    } else if (found.kind() == FoundFile.Kind.FOLDER) {
      pending.put(found.name() + "/", found);
    }
  }

  private void list(String prefix, Path folder) {
    boolean tablespace =
        prefix.endsWith("/") && placement.isLink(prefix.substring(0, prefix.length() - 1));
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        boolean skipped =
            prefix.isEmpty()
                ? LEFT_ALONE.contains(name)
                : tablespace && !tablespaceFolders.contains(name);
        if (!skipped) {
          pending.put(prefix + name, look(prefix + name, entry));
        }
      }
    } catch (NoSuchFileException e) {
      // a tablespace's place that is not there yet
    } catch (DirectoryIteratorException e) {
      throw Failures.of(folder, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw Failures.of(folder, e);
    }
  }

  private static FoundFile look(String name, Path path) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isRegularFile()) {
      return new FoundFile(name, path, FoundFile.Kind.FILE, attributes.size());
    }
    boolean folder = attributes.isDirectory() || (isWal(name) && Files.isDirectory(path));
    return new FoundFile(name, path, folder ? FoundFile.Kind.FOLDER : FoundFile.Kind.OTHER, 0);
  }

  /** The only folder that may be a link to another place. */
  private static boolean isWal(String name) {
    return name.equals("pg_wal");
  }
}
