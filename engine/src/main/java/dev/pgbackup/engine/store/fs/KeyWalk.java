package dev.pgbackup.engine.store.fs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the files below a folder, in ascending order of their bytes. One folder after the
 * other is read, never one that cannot hold a key that is asked for.
 */
final class KeyWalk implements Iterator<String> {

  private record Entry(String key, boolean isFolder) {}

  private final Path root;
  private final Predicate<String> hidden;
  private final String prefix;
  private final String startAfter;
  private final Deque<Iterator<Entry>> open = new ArrayDeque<>();
  private @Nullable String next;

  /**
   * @param hidden tells the names in the root that are no part of the name space
   * @throws UncheckedIOException here and later, if a folder cannot be read
   */
  KeyWalk(Path root, Predicate<String> hidden, String prefix, String startAfter) {
    this.root = root;
    this.hidden = hidden;
    this.prefix = prefix;
    this.startAfter = startAfter;
    open.push(entries(prefix.substring(0, prefix.lastIndexOf('/') + 1)).iterator());
  }

  @Override
  public boolean hasNext() {
    while (next == null && !open.isEmpty()) {
      Iterator<Entry> folder = open.element();
      if (!folder.hasNext()) {
        open.pop();
        continue;
      }
      Entry entry = folder.next();
      if (entry.isFolder()) {
        open.push(entries(entry.key()).iterator());
      } else {
        next = entry.key();
      }
    }
    return next != null;
  }

  @Override
  public String next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    String key = next;
    next = null;
    return key;
  }

  private List<Entry> entries(String folder) {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(folder))) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        boolean isFolder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        String key = folder + name + (isFolder ? "/" : "");
        if (isAskedFor(key, isFolder) && !hidden.test(key.substring(0, (key + "/").indexOf('/')))) {
          entries.add(new Entry(key, isFolder));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException gone) {
      return List.of();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    entries.sort(Comparator.comparing(Entry::key));
    return entries;
  }

  private boolean isAskedFor(String key, boolean isFolder) {
    if (isFolder) {
      return (key.startsWith(prefix) || prefix.startsWith(key))
          && (startAfter.startsWith(key) || key.compareTo(startAfter) > 0);
    }
    return key.startsWith(prefix) && key.compareTo(startAfter) > 0;
  }
}
