package dev.pgbackup.engine.verify;

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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** Reads the lists of files of backups. */
final class FileLists {

  private final Archive archive;

  FileLists(Archive archive) {
    this.archive = archive;
  }

  /**
   * Hands over every chunk that is stored, in the order of the list.
   *
   * @throws EngineException {@code ArchiveDamaged}, if the list does not hash right or makes no
   *     sense; possibly after chunks were handed over
   * @throws dev.pgbackup.engine.store.ObjectNotFoundException if it is not there
   */
  void read(BackupManifest manifest, Consumer<ChunkReference> chunks) {
    String key = archive.layout().files(manifest.backupId());
    MessageDigest sha256 = sha256();
    try (ObjectContent object = archive.store().get(key, ByteRange.ALL)) {
      long promised = manifest.files().storedSize();
      if (object.info().size() != promised) {
        throw damaged(key, "has " + object.info().size() + " bytes instead of " + promised);
      }
      InputStream stored = new DigestInputStream(object.stream(), sha256);
      long entries = readLines(key, manifest, stored, chunks);
      stored.transferTo(OutputStream.nullOutputStream());
      if (!HexFormat.of().formatHex(sha256.digest()).equals(manifest.files().sha256())) {
        throw damaged(key, "does not hash right");
      }
      if (entries != manifest.files().entries()) {
        throw damaged(key, "has " + entries + " entries instead of " + manifest.files().entries());
      }
    } catch (ZstdIOException broken) {
      throw damaged(key, "cannot be decompressed");
    } catch (IOException broken) {
      throw new EngineException(
          Reason.BucketUnreachable, "reading " + key + " broke off; try again", broken);
    }
  }

  private long readLines(
      String key, BackupManifest manifest, InputStream stored, Consumer<ChunkReference> chunks)
      throws IOException {
    long entries = 0;
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new ZstdInputStream(stored), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      FileEntry file = Documents.read(line.getBytes(StandardCharsets.UTF_8), FileEntry.class, key);
      entries++;
      requireSensible(key, manifest.files().bundles(), file);
      for (Chunk chunk : file.chunks()) {
        if (!chunk.isZero()) {
          chunks.accept(new ChunkReference(manifest.files().bundles().get(chunk.b()), chunk, file));
        }
      }
    }
    return entries;
  }

  private static void requireSensible(String key, List<String> bundles, FileEntry file) {
    long size = 0;
    for (Chunk chunk : file.chunks()) {
      size += chunk.n();
      if (chunk.b() >= bundles.size()
          || chunk.n() < 0
          || (!chunk.isZero() && (chunk.s() < 1 || chunk.o() < 0))) {
        throw damaged(key, "names a chunk of " + file.path() + " that cannot be");
      }
    }
    if (size != file.size()) {
      throw damaged(
          key,
          "has chunks of " + size + " bytes for " + file.path() + ", which has " + file.size());
    }
  }

  private static EngineException damaged(String key, String what) {
    return new EngineException(Reason.ArchiveDamaged, key + " " + what);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
