package dev.pgbackup.engine.store.fs;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ExactLengthInputStream;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectKeys;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.StoreCapabilities;
import dev.pgbackup.engine.store.UploadLostException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An object store in a directory: the key is the file's path, the file's bytes are the object.
 *
 * <p>Attributes, unfinished uploads and the lock lie in {@value ObjectKeys#OWN_FOLDER}, which is no
 * part of the name space. Whatever changes the directory does so under the lock, which holds
 * between processes too, as far as the file system's locks do. An object is on disk (fsync of the
 * file and its folders) when the call that created it returns. An ETag is size and modification
 * time, which never goes back for one key.
 */
public final class DirectoryStore implements ObjectStore {

  private static final int TRIES = 100;

  private final Path root;
  private final Path uploads;
  private final DurableFiles files;
  private final AttributeFiles attributeFiles;
  private final StoreLock lock;
  private final Clock clock;

  private DirectoryStore(Path root, Clock clock) throws IOException {
    this.root = root;
    this.clock = clock;
    Path own = root.resolve(ObjectKeys.OWN_FOLDER);
    this.uploads = own.resolve("uploads");
    Path attributes = own.resolve("attributes");
    Path temporary = own.resolve("temporary");
    for (Path folder : List.of(uploads, attributes, temporary)) {
      Files.createDirectories(folder);
    }
    this.files = new DurableFiles(temporary);
    this.attributeFiles = new AttributeFiles(attributes, files);
    this.lock = new StoreLock(own.resolve("lock"));
  }

  /**
   * Opens the store in a directory, which is made if only its last part is missing.
   *
   * @throws EngineException if it is not there and cannot be made, or is not writable
   */
  public static DirectoryStore open(Path directory) {
    return open(directory, Clock.systemUTC());
  }

  static DirectoryStore open(Path directory, Clock clock) {
    Path root = directory.toAbsolutePath().normalize();
    try {
      if (!Files.isDirectory(root)) {
        Files.createDirectory(root);
      }
      return new DirectoryStore(root, clock);
    } catch (NoSuchFileException missing) {
      throw new EngineException(
          Reason.ConfigurationInvalid,
          "the archive directory "
              + root
              + " cannot be made because the directory above it is missing; is the disk mounted?",
          missing);
    } catch (FileAlreadyExistsException | NotDirectoryException file) {
      throw new EngineException(
          Reason.ConfigurationInvalid,
          "the archive directory " + root + " is a file; name a directory",
          file);
    } catch (IOException failure) {
      throw FileErrors.of("opening", root, failure);
    }
  }

  @Override
  public ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options) {
    try (ObjectUpload upload = create(key, attributes, options)) {
      content.forEach(buffer -> upload.write(buffer.duplicate()));
      return upload.commit();
    }
  }

  @Override
  public ObjectUpload create(String key, ObjectAttributes attributes, PutOptions options) {
    ObjectKeys.requireKey(key);
    Path file =
        uploads.resolve(key + "." + clock.instant().toEpochMilli() + "." + UUID.randomUUID());
    try {
      return new DirectoryUpload(
          this, key, attributes.withAttempt(), options.condition(), file, openNew(file));
    } catch (IOException failure) {
      throw failed("beginning object " + key, failure);
    }
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    ObjectKeys.requireKey(key);
    try {
      Optional<BasicFileAttributes> file = stat(root.resolve(key));
      return file.isPresent() ? Optional.of(info(key, file.get())) : Optional.empty();
    } catch (IOException failure) {
      throw failed("looking at object " + key, failure);
    }
  }

  @Override
  public ObjectContent get(String key, ByteRange range) {
    ObjectKeys.requireKey(key);
    try {
      for (int i = 0; i < TRIES; i++) {
        ObjectInfo info = head(key).orElseThrow(() -> new ObjectNotFoundException(key));
        FileChannel channel = FileChannel.open(root.resolve(key), StandardOpenOption.READ);
        if (stat(root.resolve(key)).map(DirectoryStore::etag).equals(Optional.of(info.etag()))) {
          return content(info, range, channel);
        }
        channel.close();
      }
      throw new IOException("it is replaced all the time");
    } catch (NoSuchFileException gone) {
      throw new ObjectNotFoundException(key);
    } catch (IOException failure) {
      throw failed("opening object " + key, failure);
    }
  }

  @Override
  public Stream<ObjectInfo> list(String prefix, String startAfter) {
    ObjectKeys.requirePrefix(prefix);
    return reading(
            "listing " + prefix,
            () -> new KeyWalk(root, ObjectKeys.OWN_FOLDER::equals, prefix, startAfter))
        .flatMap(key -> listed(key).stream());
  }

  @Override
  public List<String> listFolders(String folder) {
    String prefix = ObjectKeys.folderPrefix(folder);
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> below =
        Files.newDirectoryStream(root.resolve(prefix), Files::isDirectory)) {
      for (Path directory : below) {
        String name = String.valueOf(directory.getFileName());
        if (!(prefix.isEmpty() && name.equals(ObjectKeys.OWN_FOLDER))
            && holdsKeys(prefix + name + "/")) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    } catch (IOException failure) {
      throw failed("listing " + prefix, failure);
    }
    names.sort(Comparator.comparing(name -> name + "/"));
    return names;
  }

  @Override
  public void delete(Collection<String> keys) {
    keys.forEach(ObjectKeys::requireKey);
    try {
      lock.locked(
          () -> {
            for (String key : keys) {
              files.deleteWithEmptyFolders(root.resolve(key), root);
              attributeFiles.delete(key);
            }
            return keys.size();
          });
    } catch (IOException failure) {
      throw failed("deleting", failure);
    }
  }

  @Override
  public int abortUncommitted(String prefix, Instant startedBefore) {
    ObjectKeys.requirePrefix(prefix);
    List<String> begun =
        reading(
                "looking for unfinished uploads",
                () -> new KeyWalk(uploads, any -> false, prefix, ""))
            .filter(name -> begunAt(name).isBefore(startedBefore))
            .toList();
    try {
      for (String name : begun) {
        discard(uploads.resolve(name));
      }
    } catch (IOException failure) {
      throw failed("removing unfinished uploads", failure);
    }
    return begun.size();
  }

  @Override
  public StoreCapabilities capabilities() {
    return new StoreCapabilities(true, true, false);
  }

  @Override
  public String describe() {
    return "directory " + root;
  }

  @Override
  public void close() {}

  /** Gives a synced file its place, if the condition holds. */
  ObjectInfo publish(Path file, String key, ObjectAttributes attributes, PutCondition condition)
      throws IOException {
    return lock.locked(
        () -> {
          Path target = root.resolve(key);
          Optional<BasicFileAttributes> present = stat(target);
          if (present.isPresent()) {
            ObjectInfo existing = info(key, present.get());
            if (existing.attributes().sameAttempt(attributes)) {
              return existing;
            }
          }
          Optional<String> presentEtag = present.map(DirectoryStore::etag);
          requireCondition(key, condition, presentEtag);
          try {
            Files.setLastModifiedTime(file, FileTime.from(timeAfter(present)));
          } catch (NoSuchFileException aborted) {
            throw new UploadLostException(key, aborted);
          }
          BasicFileAttributes published = Files.readAttributes(file, BasicFileAttributes.class);
          attributeFiles.write(key, etag(published), attributes, presentEtag);
          if (condition instanceof PutCondition.Absent) {
            files.moveIfAbsent(file, target);
          } else {
            files.move(file, target);
          }
          return info(key, published);
        });
  }

  /** Removes an unfinished upload, if it is still there. */
  void discard(Path file) throws IOException {
    files.deleteWithEmptyFolders(file, uploads);
  }

  EngineException failed(String doing, IOException failure) {
    return FileErrors.of(doing, root, failure);
  }

  private static void requireCondition(
      String key, PutCondition condition, Optional<String> presentEtag) {
    boolean holds =
        condition instanceof PutCondition.Absent
            ? presentEtag.isEmpty()
            : !(condition instanceof PutCondition.Matches matches)
                || presentEtag.equals(Optional.of(matches.etag()));
    if (!holds) {
      throw new PreconditionFailedException(key);
    }
  }

  private Instant timeAfter(Optional<BasicFileAttributes> present) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return present
        .map(file -> file.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MICROS))
        .filter(last -> !last.isBefore(now))
        .map(last -> last.plus(1, ChronoUnit.MICROS))
        .orElse(now);
  }

  private static FileChannel openNew(Path file) throws IOException {
    Path folder = file.getParent();
    for (int i = 0; ; i++) {
      try {
        if (folder != null) {
          Files.createDirectories(folder);
        }
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (NoSuchFileException emptyFolderRemovedMeanwhile) {
        if (i == TRIES) {
          throw emptyFolderRemovedMeanwhile;
        }
      }
    }
  }

  private static ObjectContent content(ObjectInfo info, ByteRange range, FileChannel channel)
      throws IOException {
    long length = range.isToEnd() ? info.size() - range.offset() : range.length();
    if (!range.isAll() && (length < 1 || range.offset() + length > info.size())) {
      channel.close();
      throw range.outside(info.key(), info.size());
    }
    channel.position(range.offset());
    return new ObjectContent(
        info, new ExactLengthInputStream(Channels.newInputStream(channel), info.key(), length));
  }

  private ObjectInfo info(String key, BasicFileAttributes file) throws IOException {
    String etag = etag(file);
    return info(key, file, attributeFiles.read(key, etag));
  }

  private static ObjectInfo info(
      String key, BasicFileAttributes file, ObjectAttributes attributes) {
    return new ObjectInfo(
        key, file.size(), etag(file), file.lastModifiedTime().toInstant(), attributes);
  }

  private boolean holdsKeys(String prefix) {
    return reading(
            "listing " + prefix, () -> new KeyWalk(root, ObjectKeys.OWN_FOLDER::equals, prefix, ""))
        .findFirst()
        .isPresent();
  }

  private Optional<ObjectInfo> listed(String key) {
    try {
      return stat(root.resolve(key)).map(file -> info(key, file, ObjectAttributes.NONE));
    } catch (IOException failure) {
      throw failed("listing", failure);
    }
  }

  private static Optional<BasicFileAttributes> stat(Path file) throws IOException {
    try {
      return Optional.of(Files.readAttributes(file, BasicFileAttributes.class))
          .filter(BasicFileAttributes::isRegularFile);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  private static String etag(BasicFileAttributes file) {
    return Long.toHexString(file.size())
        + "-"
        + Long.toHexString(
            ChronoUnit.MICROS.between(Instant.EPOCH, file.lastModifiedTime().toInstant()));
  }

  private static Instant begunAt(String uploadName) {
    int id = uploadName.lastIndexOf('.');
    int time = uploadName.lastIndexOf('.', id - 1);
    return Instant.ofEpochMilli(Long.parseLong(uploadName, time + 1, id, 10));
  }

  private Stream<String> reading(String doing, Supplier<KeyWalk> walk) {
    Iterator<String> keys =
        new Iterator<>() {
          private final KeyWalk source = guarded(walk);

          @Override
          public boolean hasNext() {
            return guarded(source::hasNext);
          }

          @Override
          public String next() {
            return guarded(source::next);
          }

          private <T> T guarded(Supplier<T> step) {
            try {
              return step.get();
            } catch (UncheckedIOException failure) {
              throw failed(doing, Objects.requireNonNull(failure.getCause()));
            }
          }
        };
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(keys, Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }
}
