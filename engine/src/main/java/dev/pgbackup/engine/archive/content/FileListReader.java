package dev.pgbackup.engine.archive.content;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.Sha256;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A backup's list of files, read one entry after the other. Only when the last one was read is it
 * known that the list is what was written; entries are sensible in themselves before that.
 */
public final class FileListReader implements AutoCloseable {

  private static final int BUFFER = 64 << 10;

  private final String key;
  private final BackupManifest manifest;
  private final MessageDigest sha256 = Sha256.digest();
  private final InputStream stored;
  private final BufferedReader lines;
  private String last = "";
  private long entries;

  private FileListReader(String key, BackupManifest manifest, InputStream object)
      throws IOException {
    this.key = key;
    this.manifest = manifest;
    this.stored = new DigestInputStream(object, sha256);
    this.lines =
        new BufferedReader(
            new InputStreamReader(new ZstdInputStream(stored), StandardCharsets.UTF_8));
  }

  /**
   * Opens the list of a backup.
   *
   * @throws dev.pgbackup.engine.store.ObjectNotFoundException if it is not there
   * @throws EngineException {@code ArchiveDamaged} if it does not have the size that the manifest
   *     says
   */
  public static FileListReader open(Archive archive, BackupManifest manifest) {
    String key = archive.layout().files(manifest.backupId());
    try {
      return new FileListReader(key, manifest, object(archive, manifest, key).stream());
    } catch (IOException failure) {
      throw broken(key, failure);
    }
  }

  /**
   * Opens a copy of the list of a backup in a temporary file, for those who read it slowly, or rely
   * on an entry before they have read the last one: the copy is what was written.
   *
   * @param folder for the temporary file
   * @throws EngineException as {@link #open}, and {@code ArchiveDamaged} if the list does not hash
   *     right
   */
  public static FileListReader openCopy(Archive archive, BackupManifest manifest, Path folder) {
    String key = archive.layout().files(manifest.backupId());
    FileChannel copy = null;
    boolean opened = false;
    try (ObjectContent object = object(archive, manifest, key)) {
      copy = NamelessFile.in(folder);
      MessageDigest hash = Sha256.digest();
      new DigestInputStream(object.stream(), hash).transferTo(Channels.newOutputStream(copy));
      requireHash(key, manifest, hash);
      copy.position(0);
      FileListReader reader =
          new FileListReader(
              key, manifest, new BufferedInputStream(Channels.newInputStream(copy), BUFFER));
      opened = true;
      return reader;
    } catch (IOException failure) {
      throw broken(key, failure);
    } finally {
      if (!opened) {
        close(copy);
      }
    }
  }

  private static ObjectContent object(Archive archive, BackupManifest manifest, String key)
      throws IOException {
    ObjectContent object = archive.store().get(key, ByteRange.ALL);
    long promised = manifest.files().storedSize();
    if (object.info().size() != promised) {
      object.close();
      throw damaged(key, "has " + object.info().size() + " bytes instead of " + promised);
    }
    return object;
  }

  private static void close(@Nullable FileChannel copy) {
    try {
      if (copy != null) {
        copy.close();
      }
    } catch (IOException failure) {
      throw NamelessFile.failed("cannot close a temporary file", failure);
    }
  }

  /**
   * Hands over all entries of a backup's list, in order.
   *
   * @throws EngineException as {@link #open} and {@link #next}; possibly after entries were handed
   *     over
   */
  public static void read(
      Archive archive, BackupManifest manifest, Consumer<? super FileEntry> sink) {
    try (FileListReader reader = open(archive, manifest)) {
      for (Optional<FileEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        sink.accept(entry.get());
      }
    }
  }

  /**
   * The next entry; empty if there was none left and the list is what was written.
   *
   * @throws EngineException {@code ArchiveDamaged} if an entry makes no sense or the list does not
   *     hash right
   */
  public Optional<FileEntry> next() {
    try {
      String line = lines.readLine();
      if (line == null) {
        requireIntact();
        return Optional.empty();
      }
      FileEntry entry = Documents.read(line.getBytes(StandardCharsets.UTF_8), FileEntry.class, key);
      entries++;
      requireSensible(entry);
      last = entry.path();
      return Optional.of(entry);
    } catch (ZstdIOException damaged) {
      throw damaged(key, "cannot be decompressed");
    } catch (IOException failure) {
      throw broken(key, failure);
    }
  }

  private void requireIntact() throws IOException {
    stored.transferTo(OutputStream.nullOutputStream());
    requireHash(key, manifest, sha256);
    if (entries != manifest.files().entries()) {
      throw damaged(key, "has " + entries + " entries instead of " + manifest.files().entries());
    }
  }

  private static void requireHash(String key, BackupManifest manifest, MessageDigest hash) {
    if (!Sha256.hex(hash).equals(manifest.files().sha256())) {
      throw damaged(key, "does not hash right");
    }
  }

  private void requireSensible(FileEntry file) {
    if (!isInside(file.path())) {
      throw damaged(key, "names \"" + file.path() + "\", which is no path in a data directory");
    }
    if (!last.isEmpty() && FileListWriter.compare(last, file.path()) >= 0) {
      throw damaged(key, "names " + file.path() + " after " + last);
    }
    List<Chunk> chunks = file.chunks();
    int bundles = manifest.files().bundles().size();
    long size = 0;
    for (int i = 0; i < chunks.size(); i++) {
      Chunk chunk = chunks.get(i);
      boolean whole = chunk.n() == Chunk.SIZE || (i == chunks.size() - 1 && chunk.n() > 0);
      boolean stored = chunk.s() > 0 && chunk.s() <= 2 * Chunk.SIZE && chunk.o() >= 0;
      if (!whole
          || chunk.n() > Chunk.SIZE
          || chunk.b() >= bundles
          || (!chunk.isZero() && !stored)) {
        throw damaged(key, "names a chunk of " + file.path() + " that cannot be");
      }
      size += chunk.n();
    }
    if (size != file.size()) {
      throw damaged(
          key,
          "has chunks of " + size + " bytes for " + file.path() + ", which has " + file.size());
    }
  }

  private static boolean isInside(String path) {
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
        return false;
      }
    }
    return true;
  }

  private static EngineException damaged(String key, String what) {
    return new EngineException(Reason.ArchiveDamaged, key + " " + what);
  }

  private static EngineException broken(String key, IOException cause) {
    return new EngineException(
        Reason.BucketUnreachable, "reading " + key + " broke off; try again", cause);
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException failure) {
      throw broken(key, failure);
    }
  }
}
