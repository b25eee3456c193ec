package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Tails stay few, and a byte is uploaded a logarithmic number of times")
class TailPlanTest {

  @Test
  void aFirstTailSwallowsNothing() {
    assertThat(TailPlan.firstSwallowed(new long[0], 100)).isZero();
  }

  @Test
  void aBigTailSwallowsTheSmallOnesBeforeIt() {
    assertThat(TailPlan.firstSwallowed(new long[] {1 << 20, 100, 5000, 8}, 100_000)).isEqualTo(1);
  }

  @Test
  void theEighthOfALevelSwallowsTheOtherSeven() {
    long[] tails = {1 << 20, 100, 100, 100, 100, 100, 100, 100};
    assertThat(TailPlan.firstSwallowed(tails, 100)).isEqualTo(1);
  }

  @Test
  void aSegmentOf1GiBFilled8BytesAtATimeStaysWithin64Tails() {
    MergedTails tails = new MergedTails();
    int most = 0;
    for (int i = 0; i < 2_000_000; i++) {
      tails.add(8);
      most = Math.max(most, tails.count());
    }
    assertThat(most).isLessThanOrEqualTo(TailPlan.MOST);
    assertThat(tails.mostUploads()).isLessThanOrEqualTo(9);
  }
}
