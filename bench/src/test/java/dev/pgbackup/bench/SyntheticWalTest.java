package dev.pgbackup.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.WalDecoder;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticWalTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 20})
  void theDecoderFindsEveryCommitAndEveryRecord(int fullPageImages) {
    SyntheticWal.Segment segment = SyntheticWal.segment(fullPageImages);
    List<WalEvent> events = new ArrayList<>();
    int[] records = new int[1];

    WalDecoder decoder =
        new WalDecoder(
            segment.format(),
            SyntheticWal.START,
            new Xid(1000),
            events::add,
            (start, end, previous) -> records[0]++);
    decoder.accept(segment.bytes().duplicate());

    assertThat(segment.commits()).isPositive();
    assertThat(events).hasSize(segment.commits());
    assertThat(records[0]).isEqualTo(segment.records());
  }
}
