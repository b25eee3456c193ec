package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.StoredDocuments;
import dev.pgbackup.engine.archive.content.BundleWriter;
import dev.pgbackup.engine.archive.content.ChunkCodec;
import dev.pgbackup.engine.archive.content.FileListWriter;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Tablespace;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.store.PutOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/** A backup in an archive, made of files that a test thinks up. */
final class BackupOfFiles {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final long CHUNKS_PER_BUNDLE = 3;

  private final Archive archive;
  private final Map<String, byte[]> files = new TreeMap<>(FileListWriter::compare);
  private final List<String> folders = new ArrayList<>();
  private final List<Tablespace> tablespaces = new ArrayList<>();
  private String mode = "0700";

  BackupOfFiles(Archive archive) {
    this.archive = archive;
    file("global/pg_control", controlFile(archive.identity().systemIdentifier().value()));
    file("PG_VERSION", "16\n");
    folder("global").folder("pg_wal").folder("pg_tblspc");
  }

  BackupOfFiles folder(String path) {
    folders.add(path);
    return this;
  }

  BackupOfFiles file(String path, byte[] content) {
    files.put(path, content);
    return this;
  }

  BackupOfFiles file(String path, String content) {
    return file(path, content.getBytes(StandardCharsets.UTF_8));
  }

  BackupOfFiles tablespace(long oid, Path location) {
    tablespaces.add(new Tablespace(oid, location.toString()));
    return folder("pg_tblspc/" + oid);
  }

  BackupOfFiles mode(String octal) {
    mode = octal;
    return this;
  }

  BackupManifest publish(Path temporary) {
    BackupId id = BackupId.of(Instant.parse("2026-11-22T12:00:00Z"), NUMBER.incrementAndGet());
    List<String> bundles = new ArrayList<>();
    BackupManifest.FileList list;
    try (FileListWriter writer = new FileListWriter(temporary);
        Bundles open = new Bundles(id, bundles)) {
      Map<String, FileEntry> entries = new TreeMap<>(FileListWriter::compare);
      folders.forEach(
          path -> entries.put(path, new FileEntry(path, FileEntry.Kind.Directory, 0, List.of())));
      files.forEach((path, content) -> entries.put(path, open.add(path, content)));
      entries.values().forEach(writer::add);
      open.finish();
      list = writer.publish(archive.store(), archive.layout().files(id), bundles);
    }
    BackupManifest manifest = manifest(id, list);
    new StoredDocuments(archive.store())
        .put(archive.layout().manifest(id), manifest, PutOptions.CREATE);
    return manifest;
  }

  private BackupManifest manifest(BackupId id, BackupManifest.FileList list) {
    long bytes = files.values().stream().mapToLong(content -> content.length).sum();
    return new BackupManifest(
        FormatVersion.CURRENT,
        id,
        archive.id(),
        BackupManifest.Origin.Manual,
        Timeline.FIRST,
        new Lsn(0x5000028),
        new Lsn(0x5000028),
        new Lsn(0x5000100),
        new Xid(700),
        new Xid(700),
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        "START WAL LOCATION: 0/5000028 (file 000000010000000000000005)\n",
        null,
        tablespaces,
        new BackupManifest.Server(
            new ServerVersion(160004),
            archive.segmentSize(),
            true,
            Map.of(),
            "postgres",
            "/data",
            mode),
        list,
        new BackupManifest.Totals(files.size(), bytes, bytes, bytes),
        null,
        List.of(),
        "test");
  }

  /** Small ones, so that a few files need several. */
  private final class Bundles implements AutoCloseable {

    private final BackupId id;
    private final List<String> names;
    private final ChunkCodec codec = new ChunkCodec();
    private BundleWriter writer;
    private int inBundle;

    Bundles(BackupId id, List<String> names) {
      this.id = id;
      this.names = names;
    }

    FileEntry add(String path, byte[] content) {
      List<Chunk> chunks = new ArrayList<>();
      for (int at = 0; at < content.length; at += Chunk.SIZE) {
        byte[] plain = Arrays.copyOfRange(content, at, Math.min(content.length, at + Chunk.SIZE));
        chunks.add(ChunkCodec.isZero(plain, plain.length) ? Chunk.zeros(plain.length) : add(plain));
      }
      return new FileEntry(path, FileEntry.Kind.File, content.length, chunks);
    }

    private Chunk add(byte[] plain) {
      if (writer == null || inBundle == CHUNKS_PER_BUNDLE) {
        finish();
        String key = archive.layout().bundle(id, names.size());
        names.add(key.substring(archive.layout().root().length() + 1));
        writer = new BundleWriter(archive.store(), key);
        inBundle = 0;
      }
      inBundle++;
      return writer.add(
          codec.hash(plain, plain.length),
          plain.length,
          codec.encode(plain, plain.length),
          names.size() - 1);
    }

    void finish() {
      if (writer != null) {
        writer.commit();
        writer.close();
        writer = null;
      }
    }

    @Override
    public void close() {
      finish();
      codec.close();
    }
  }

  /** A {@code pg_control} of PostgreSQL 16 as far as anybody reads it. */
  static byte[] controlFile(long systemIdentifier) {
    ByteBuffer bytes = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(0, systemIdentifier).putInt(8, 1300).putInt(16, 6);
    bytes.putLong(32, 0x5000028).putLong(40, 0x5000028).putInt(48, 1).putInt(52, 1);
    bytes.putLong(64, 700).putInt(228, 1 << 20);
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), 0, 288);
    bytes.putInt(288, (int) crc.getValue());
    return bytes.array();
  }
}
