package dev.pgbackup.engine.restore.window;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.StoredDocuments;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.wal.record.RecordLocation;
import dev.pgbackup.engine.wal.record.WalImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What can be restored")
class RecoveryWindowsTest {

  private static final WalSegmentSize MEBIBYTE = new WalSegmentSize(1 << 20);
  private static final Lsn START = Lsn.parse("0/5000000");
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Timeline TWO = new Timeline(2);

  private @TempDir Path directory;
  private final WalImage image = new WalImage(16, MEBIBYTE, Timeline.FIRST, START);
  private final List<BackupManifest> backups = new ArrayList<>();
  private Archive archive;

  @BeforeEach
  void begin() {
    archive =
        Archive.openOrCreate(
            DirectoryStore.open(directory),
            new SystemIdentifier(7312345678901234567L),
            16,
            MEBIBYTE,
            1);
  }

  @Test
  @DisplayName("is nothing without a backup, whatever WAL there is")
  void noBackup() {
    image.commit(700, NOON);
    archived(Timeline.FIRST, image, START, image.end());

    assertThat(windows()).isEmpty();
  }

  @Test
  @DisplayName("begins where the oldest backup is consistent and ends behind the newest record")
  void oneWindow() {
    BackupManifest backup = backup(image, Timeline.FIRST, 700);
    image.commit(700, NOON.plusSeconds(5));
    image.commit(701, NOON.plusSeconds(9));
    backup(image, Timeline.FIRST, 702);
    archived(Timeline.FIRST, image, START, image.end());
    serverOn(Timeline.FIRST);

    assertThat(windows())
        .singleElement()
        .satisfies(
            window -> {
              assertThat(window.first().id()).isEqualTo(backup.backupId());
              assertThat(window.from()).isEqualTo(backup.stopLsn());
              assertThat(window.to()).isEqualTo(image.end());
              assertThat(window.backups()).hasSize(2);
              assertThat(window.last().orElseThrow().xid()).isEqualTo(new Xid(701));
              assertThat(window.last().orElseThrow().time()).isEqualTo(NOON.plusSeconds(9));
              assertThat(window.isContiguous()).isTrue();
              assertThat(window.isOpen()).isTrue();
            });
  }

  @Test
  @DisplayName("W10 is two windows around a gap, the first one closed by it")
  void gap() {
    backup(image, Timeline.FIRST, 700);
    RecordLocation last = image.commit(700, NOON.plusSeconds(5));
    Lsn lost = image.end();
    image.filler(701, 3 << 20);
    Lsn again = MEBIBYTE.floor(image.end());
    image.filler(701, 1 << 20);
    BackupManifest second = backup(image, Timeline.FIRST, 702);
    image.commit(702, NOON.plusSeconds(50));
    archived(Timeline.FIRST, image, START, lost);
    archived(Timeline.FIRST, image, again, image.end());
    serverOn(Timeline.FIRST);

    List<RecoveryWindow> windows = windows();

    assertThat(windows).hasSize(2);
    assertThat(windows.get(0).to()).isEqualTo(last.end());
    assertThat(windows.get(0).isContiguous()).isFalse();
    assertThat(windows.get(0).closedBy())
        .hasValueSatisfying(why -> assertThat(why).contains(lost.toString()));
    assertThat(windows.get(1).from()).isEqualTo(second.stopLsn());
    assertThat(windows.get(1).isContiguous()).isTrue();
    assertThat(windows.get(1).isOpen()).isTrue();
  }

  @Test
  @DisplayName("does not hold a backup that a gap keeps from becoming consistent")
  void gapWithinBackup() {
    Lsn start = image.checkpoint(image.end(), 700).start();
    Lsn lost = image.end();
    image.filler(700, 3 << 20);
    Lsn again = MEBIBYTE.floor(image.end());
    Lsn stop = image.backupEnd(start).end();
    publish(Timeline.FIRST, start, stop, 700);
    archived(Timeline.FIRST, image, START, lost);
    archived(Timeline.FIRST, image, again, image.end());

    assertThat(windows()).isEmpty();
  }

  @Test
  @DisplayName("goes on across a promotion; what the server left behind is a closed window")
  void abandoned() {
    backup(image, Timeline.FIRST, 700);
    image.commit(700, NOON.plusSeconds(5));
    WalImage child = image.promoted(TWO);
    Lsn left = image.end();
    child.endOfRecovery(Timeline.FIRST, NOON.plusSeconds(6));
    child.commit(701, NOON.plusSeconds(20));
    image.commit(701, NOON.plusSeconds(7));
    archived(Timeline.FIRST, image, START, image.end());
    archived(TWO, child, START, child.end());
    history(left);
    serverOn(TWO);

    List<RecoveryWindow> windows = windows();

    assertThat(windows).hasSize(2);
    assertThat(windows.get(0).branch().timeline()).isEqualTo(Timeline.FIRST);
    assertThat(windows.get(0).to()).isEqualTo(image.end());
    assertThat(windows.get(0).isContiguous()).isTrue();
    assertThat(windows.get(0).closedBy())
        .hasValueSatisfying(why -> assertThat(why).contains("timeline 2"));
    assertThat(windows.get(1).branch().timeline()).isEqualTo(TWO);
    assertThat(windows.get(1).first()).isEqualTo(windows.get(0).first());
    assertThat(windows.get(1).to()).isEqualTo(child.end());
    assertThat(windows.get(1).isOpen()).isTrue();
    assertThat(new RecoveryWindows(archive).live(backups)).containsExactly(windows.get(1));
  }

  @Test
  @DisplayName("names a timeline once whose every point lies on the way to the next")
  void nothingAbandoned() {
    backup(image, Timeline.FIRST, 700);
    image.commit(700, NOON.plusSeconds(5));
    WalImage child = image.promoted(TWO);
    child.endOfRecovery(Timeline.FIRST, NOON.plusSeconds(6));
    archived(Timeline.FIRST, image, START, image.end());
    archived(TWO, child, START, child.end());
    history(image.end());
    serverOn(TWO);

    assertThat(windows())
        .singleElement()
        .extracting(window -> window.branch().timeline())
        .isEqualTo(TWO);
  }

  private List<RecoveryWindow> windows() {
    return new RecoveryWindows(archive).all(backups);
  }

  private BackupManifest backup(WalImage wal, Timeline timeline, long nextXid) {
    Lsn start = wal.checkpoint(wal.end(), nextXid).start();
    return publish(timeline, start, wal.backupEnd(start).end(), nextXid);
  }

  private BackupManifest publish(Timeline timeline, Lsn start, Lsn stop, long nextXid) {
    Instant time = NOON.plusSeconds(backups.size());
    BackupManifest manifest =
        new BackupManifest(
            FormatVersion.CURRENT,
            BackupId.of(time, backups.size()),
            archive.id(),
            BackupManifest.Origin.Manual,
            timeline,
            start,
            start,
            stop,
            new Xid(nextXid),
            new Xid(nextXid),
            time,
            time,
            time,
            "label",
            null,
            List.of(),
            new BackupManifest.Server(
                new ServerVersion(160004), MEBIBYTE, true, Map.of(), "postgres", "/data", "0700"),
            new BackupManifest.FileList(1, "00", 1, List.of()),
            new BackupManifest.Totals(12, 3456, 0, 0),
            null,
            List.of(),
            "test");
    backups.add(manifest);
    return manifest;
  }

  /** As tails, one for each segment's part of {@code [from, to)}. */
  private void archived(Timeline timeline, WalImage wal, Lsn from, Lsn to) {
    Lsn position = from;
    while (position.isBefore(to)) {
      WalSegment segment = WalSegment.containing(timeline, position, MEBIBYTE);
      Lsn end = Lsn.min(segment.end(), to);
      byte[] plain =
          Arrays.copyOfRange(
              wal.bytes(), (int) position.minus(wal.start()), (int) end.minus(wal.start()));
      archive
          .store()
          .put(
              archive.layout().tail(segment, position, end),
              List.of(ByteBuffer.wrap(Zstd.compress(plain))),
              ObjectAttributes.NONE
                  .with(ObjectAttributes.PLAIN_SHA256, sha256(plain))
                  .with(ObjectAttributes.PLAIN_SIZE, String.valueOf(plain.length)),
              PutOptions.CREATE);
      position = end;
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void history(Lsn left) {
    archive
        .timelines()
        .putHistory(TWO, ("1\t" + left + "\tno reason\n").getBytes(StandardCharsets.UTF_8));
  }

  private void serverOn(Timeline timeline) {
    new StoredDocuments(archive.store())
        .put(
            archive.layout().owner(),
            new Owner(
                FormatVersion.CURRENT,
                1,
                "writer",
                "host",
                "database",
                "slot",
                timeline,
                START,
                START,
                NOON,
                NOON,
                false),
            PutOptions.when(PutCondition.always()));
  }
}
