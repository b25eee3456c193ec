package dev.pgbackup.engine.archive.content;

import com.github.luben.zstd.ZstdOutputStream;
import dev.pgbackup.engine.archive.format.BackupManifest.FileList;
import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.Sha256;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of files being written. Its lines wait, packed, in a temporary file.
 *
 * <p>One file's place can be kept free, since {@code pg_control} is read after all others but has
 * its place among them.
 */
public final class FileListWriter implements AutoCloseable {

  private static final int LEVEL = 3;
  private static final int PIECE = 256 << 10;

  private final FileChannel file;
  private ZstdOutputStream lines;
  private String last = "";
  private long entries;
  private long placeAt = -1;
  private String place = "";
  private byte @Nullable [] placed;

  /**
   * @param folder for the temporary file
   * @throws dev.pgbackup.engine.error.EngineException {@code HostFailure} if nothing can be written
   *     there
   */
  public FileListWriter(Path folder) {
    try {
      this.file = NamelessFile.in(folder);
      this.lines = frame(toFile(file));
    } catch (IOException failure) {
      throw NamelessFile.failed("cannot begin a temporary file in " + folder, failure);
    }
  }

  /** Adds a file, whose path comes after those of all before. */
  public void add(FileEntry entry) {
    requireInOrder(entry.path());
    try {
      write(lines, entry);
    } catch (IOException failure) {
      throw NamelessFile.failed("cannot write the list of files", failure);
    }
    entries++;
  }

  /** Keeps the next place free for a file that is {@link #fill}ed in later. */
  public void leavePlace(String path) {
    requireInOrder(path);
    if (placeAt >= 0) {
      throw new IllegalStateException("a place is kept for " + place + " already");
    }
    try {
      lines.close();
      placeAt = file.position();
      place = path;
      lines = frame(toFile(file));
    } catch (IOException failure) {
      throw NamelessFile.failed("cannot write the list of files", failure);
    }
  }

  /** Adds the file for which a place was left. */
  public void fill(FileEntry entry) {
    if (placeAt < 0 || !entry.path().equals(place)) {
      throw new IllegalStateException("no place was left for " + entry.path());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZstdOutputStream frame = frame(bytes)) {
      write(frame, entry);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    placed = bytes.toByteArray();
    entries++;
  }

  /** A frame that ends leaves the file open for the next one. */
  private static OutputStream toFile(FileChannel file) {
    return new BufferedOutputStream(Channels.newOutputStream(file), PIECE) {
      @Override
      public void close() throws IOException {
        flush();
      }
    };
  }

  private static ZstdOutputStream frame(OutputStream out) throws IOException {
    return new ZstdOutputStream(out, LEVEL);
  }

  private static void write(OutputStream out, FileEntry entry) throws IOException {
    out.write(Documents.write(entry));
    out.write('\n');
  }

  private void requireInOrder(String path) {
    if (!last.isEmpty() && compare(last, path) >= 0) {
      throw new IllegalStateException(path + " does not come after " + last);
    }
    last = path;
  }

  /** The order of paths in a list: that of their bytes. */
  public static int compare(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes the list to the store.
   *
   * @param bundles to which its chunks refer by position
   * @return what the manifest says of it
   */
  public FileList publish(ObjectStore store, String key, List<String> bundles) {
    byte[] middle = placed;
    if (placeAt >= 0 && middle == null) {
      throw new IllegalStateException("the place of " + place + " is empty");
    }
    MessageDigest sha256 = Sha256.digest();
    try (ObjectUpload upload = store.create(key, ObjectAttributes.NONE, PutOptions.CREATE)) {
      lines.close();
      long end = file.position();
      if (middle == null) {
        send(0, end, upload, sha256);
      } else {
        send(0, placeAt, upload, sha256);
        send(ByteBuffer.wrap(middle), upload, sha256);
        send(placeAt, end, upload, sha256);
      }
      upload.commit();
      return new FileList(
          upload.size(), HexFormat.of().formatHex(sha256.digest()), entries, bundles);
    } catch (IOException failure) {
      throw NamelessFile.failed("cannot read back the list of files", failure);
    }
  }

  private void send(long from, long to, ObjectUpload upload, MessageDigest sha256)
      throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    for (long at = from; at < to; at += piece.limit()) {
      piece.clear().limit((int) Math.min(PIECE, to - at));
      while (piece.hasRemaining()) {
        if (file.read(piece, at + piece.position()) < 0) {
          throw new IOException("the temporary file has lost its end");
        }
      }
      send(piece.flip(), upload, sha256);
    }
  }

  private static void send(ByteBuffer piece, ObjectUpload upload, MessageDigest sha256) {
    sha256.update(piece.duplicate());
    upload.write(piece);
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException failure) {
      throw NamelessFile.failed("cannot give up the list of files", failure);
    } finally {
      closeFile();
    }
  }

  private void closeFile() {
    try {
      file.close();
    } catch (IOException failure) {
      throw NamelessFile.failed("cannot close the temporary file", failure);
    }
  }
}
