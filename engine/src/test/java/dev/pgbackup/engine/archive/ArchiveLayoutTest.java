package dev.pgbackup.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Objects lie where docs/archive-format.md says")
class ArchiveLayoutTest {

  private final ArchiveLayout layout = new ArchiveLayout(ArchiveId.parse("7312345678901234567-1"));
  private final WalSegment segment =
      WalSegment.containing(new Timeline(0x1A), Lsn.parse("2/A3000060"), WalSegmentSize.DEFAULT);

  @Test
  void identityAndOwner() {
    assertThat(layout.identity()).isEqualTo("7312345678901234567-1/archive.json");
    assertThat(layout.owner()).isEqualTo("7312345678901234567-1/owner.json");
  }

  @Test
  void walByTimelineAndLog() {
    assertThat(layout.segment(segment))
        .isEqualTo("7312345678901234567-1/wal/0000001A/00000002/0000001A00000002000000A3");
    assertThat(layout.tail(segment, Lsn.parse("2/A3000000"), Lsn.parse("2/A3000060")))
        .isEqualTo(
            "7312345678901234567-1/wal/0000001A/00000002/0000001A00000002000000A3.tail/"
                + "00000002A3000000-00000002A3000060");
    assertThat(layout.history(new Timeline(0x1A)))
        .isEqualTo("7312345678901234567-1/wal/0000001A.history");
  }

  @Test
  void indexBesideIt() {
    assertThat(layout.index(new Timeline(1), Lsn.parse("2/A3000000"), Lsn.parse("3/0")))
        .isEqualTo(
            "7312345678901234567-1/index/00000001/00000002/00000002A3000000-0000000300000000");
  }

  @Test
  void backupsSortByTheirBegin() {
    BackupId id = BackupId.of(Instant.parse("2026-11-22T14:03:07.9Z"), 0x13fa9);
    assertThat(id).hasToString("20261122T140307Z-3fa9");
    assertThat(layout.bundle(id, 7))
        .isEqualTo("7312345678901234567-1/base/20261122T140307Z-3fa9/data/00000007");
    assertThat(id)
        .isLessThan(BackupId.of(Instant.parse("2026-11-22T14:03:08Z"), 0))
        .isGreaterThan(BackupId.of(Instant.parse("2026-11-22T14:03:06Z"), 0xFFFF));
  }
}
