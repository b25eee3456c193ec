package dev.pgbackup.engine.archive;

import com.github.luben.zstd.Zstd;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Writes a small archive as the format says, without any PostgreSQL. */
public final class ArchiveBuilder {

  public static final WalSegmentSize SEGMENT = new WalSegmentSize(1 << 20);

  private final ObjectStore store;
  private final Clock clock;
  private final Archive archive;
  private final AtomicInteger backups = new AtomicInteger();

  public ArchiveBuilder(ObjectStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.archive =
        Archive.openOrCreate(store, SystemIdentifier.parse("7312345678901234567"), 16, SEGMENT, 1);
    live(Timeline.FIRST);
  }

  public Archive archive() {
    return archive;
  }

  /** Position at the beginning of a segment. */
  public static Lsn segment(int number) {
    return new Lsn((long) number * SEGMENT.bytes());
  }

  public ArchiveBuilder live(Timeline timeline) {
    return live(timeline, Lsn.ZERO);
  }

  /** The server was last seen on that timeline, with everything durable up to a position. */
  public ArchiveBuilder live(Timeline timeline, Lsn durable) {
    Owner owner =
        new Owner(
            FormatVersion.CURRENT,
            1,
            "writer",
            "host",
            "database",
            "slot",
            timeline,
            Lsn.ZERO,
            durable,
            clock.instant(),
            clock.instant(),
            false);
    new StoredDocuments(store)
        .put(archive.layout().owner(), owner, PutOptions.when(PutCondition.always()));
    return this;
  }

  /** Sealed segments with a few bytes of their own each. */
  public ArchiveBuilder wal(Timeline timeline, int firstSegment, int endSegment) {
    for (int i = firstSegment; i < endSegment; i++) {
      WalSegment segment = WalSegment.containing(timeline, segment(i), SEGMENT);
      walObject(archive.layout().segment(segment), i, (int) SEGMENT.bytes());
      index(timeline, segment(i), segment(i + 1));
    }
    return this;
  }

  public ArchiveBuilder tail(Timeline timeline, int segment, int fromByte, int toByte) {
    Lsn start = segment(segment);
    walObject(
        archive
            .layout()
            .tail(
                WalSegment.containing(timeline, start, SEGMENT),
                start.plus(fromByte),
                start.plus(toByte)),
        segment,
        toByte - fromByte);
    return this;
  }

  private void walObject(String key, int seed, int length) {
    byte[] plain = new byte[length];
    plain[0] = (byte) seed;
    plain[length / 2] = (byte) (seed + 1);
    put(key, Zstd.compress(plain), plain);
  }

  private void index(Timeline timeline, Lsn from, Lsn to) {
    byte[] bytes = ("index " + from).getBytes(StandardCharsets.UTF_8);
    put(archive.layout().index(timeline, from, to), bytes, bytes);
  }

  public ArchiveBuilder history(Timeline timeline, Timeline parent, Lsn switchPoint) {
    archive
        .timelines()
        .putHistory(
            timeline,
            (parent.number() + "\t" + switchPoint + "\tno recovery target specified\n")
                .getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public ArchiveBuilder pin(
      String id,
      Instant until,
      Set<BackupId> pinned,
      @Nullable Timeline timeline,
      @Nullable Lsn from) {
    new StoredDocuments(store)
        .put(
            archive.layout().pin(id),
            new Pin(FormatVersion.CURRENT, "test", null, until, pinned, timeline, from),
            PutOptions.CREATE);
    return this;
  }

  /**
   * A backup of two files: one that changes with each backup, and one whose chunk lies in {@code
   * base}'s bundle.
   */
  public BackupManifest backup(
      Timeline timeline, int startSegment, int stopSegment, @Nullable BackupManifest base) {
    int number = backups.incrementAndGet();
    BackupId id = BackupId.of(clock.instant(), number);
    List<String> bundles = new ArrayList<>();
    bundles.add(relative(archive.layout().bundle(id, 0)));
    byte[] own = bytes(number, 5000);
    byte[] shared = bytes(number + 1000, 3000);
    List<FileEntry> files = new ArrayList<>();
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    files.add(new FileEntry("base", FileEntry.Kind.Directory, 0, List.of()));
    files.add(
        new FileEntry("base/1", FileEntry.Kind.File, own.length, List.of(chunk(own, 0, bundle))));
    if (base == null) {
      files.add(
          new FileEntry(
              "base/2", FileEntry.Kind.File, shared.length, List.of(chunk(shared, 0, bundle))));
    } else {
      bundles.add(base.files().bundles().get(0));
      files.add(sharedFile(base));
    }
    files.add(new FileEntry("base/3", FileEntry.Kind.File, 100, List.of(Chunk.zeros(100))));
    put(archive.layout().bundle(id, 0), bundle.toByteArray(), bundle.toByteArray());
    byte[] list = list(files);
    put(archive.layout().files(id), list, list);
    BackupManifest manifest =
        manifest(
            id,
            timeline,
            segment(startSegment),
            segment(stopSegment),
            bundles,
            list,
            files.size(),
            base);
    new StoredDocuments(store).put(archive.layout().manifest(id), manifest, PutOptions.CREATE);
    return manifest;
  }

  /** What a backup leaves that was cut off before its manifest. */
  public BackupId cutOffBackup() {
    BackupId id = BackupId.of(clock.instant(), backups.incrementAndGet());
    byte[] bytes = bytes(99, 2000);
    put(archive.layout().bundle(id, 0), bytes, bytes);
    return id;
  }

  private static FileEntry sharedFile(BackupManifest base) {
    byte[] plain = bytes(backupNumber(base), 5000);
    Chunk chunk =
        new Chunk(
            plain.length, hash(plain), 1, 0, Zstd.compress(plain).length, Chunk.Encoding.Zstd);
    return new FileEntry("base/2", FileEntry.Kind.File, plain.length, List.of(chunk));
  }

  private static int backupNumber(BackupManifest manifest) {
    String id = manifest.backupId().value();
    return Integer.parseInt(id.substring(id.length() - 4), 16);
  }

  private static Chunk chunk(byte[] plain, int bundle, ByteArrayOutputStream out) {
    byte[] encoded = Zstd.compress(plain);
    Chunk chunk =
        new Chunk(
            plain.length, hash(plain), bundle, out.size(), encoded.length, Chunk.Encoding.Zstd);
    out.writeBytes(encoded);
    return chunk;
  }

  private static byte[] list(List<FileEntry> files) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (FileEntry file : files) {
      lines.writeBytes(Documents.write(file));
      lines.write('\n');
    }
    return Zstd.compress(lines.toByteArray());
  }

  private BackupManifest manifest(
      BackupId id,
      Timeline timeline,
      Lsn start,
      Lsn stop,
      List<String> bundles,
      byte[] list,
      int entries,
      @Nullable BackupManifest base) {
    return new BackupManifest(
        FormatVersion.CURRENT,
        id,
        archive.id(),
        BackupManifest.Origin.Manual,
        timeline,
        start,
        start,
        stop,
        new Xid(700),
        new Xid(710),
        clock.instant(),
        clock.instant(),
        clock.instant(),
        "label",
        null,
        List.of(),
        new BackupManifest.Server(
            new ServerVersion(160004), SEGMENT, true, Map.of(), "postgres", "/data", "0700"),
        new BackupManifest.FileList(
            list.length, HexFormat.of().formatHex(sha256(list)), entries, bundles),
        new BackupManifest.Totals(3, 8100, 8000, 1000),
        null,
        base == null ? List.of() : List.of(base.backupId()),
        "test");
  }

  private void put(String key, byte[] content, byte[] plain) {
    store.put(
        key,
        List.of(ByteBuffer.wrap(content)),
        ObjectAttributes.NONE
            .with(ObjectAttributes.PLAIN_SHA256, HexFormat.of().formatHex(sha256(plain)))
            .with(ObjectAttributes.PLAIN_SIZE, String.valueOf(plain.length)),
        PutOptions.CREATE);
  }

  private String relative(String key) {
    return key.substring(archive.layout().root().length() + 1);
  }

  private static byte[] bytes(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static String hash(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(bytes));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
