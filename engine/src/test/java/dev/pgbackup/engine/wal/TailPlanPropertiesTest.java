package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

@Label("Tails stay few, whatever comes")
class TailPlanPropertiesTest {

  @Property(tries = 200)
  void anySizes(@ForAll @Size(max = 400) List<@LongRange(min = 1, max = 1 << 22) Long> sizes) {
    MergedTails tails = new MergedTails();
    long total = 0;
    for (long size : sizes) {
      tails.add(size);
      total += size;
      assertThat(tails.count()).isLessThanOrEqualTo(TailPlan.MOST);
    }
    assertThat(tails.uploadedBytes()).isLessThanOrEqualTo(total * 11);
    assertThat(tails.mostUploads()).isLessThanOrEqualTo(11);
  }

  @Property(tries = 200)
  void whateverAnEarlierRunLeft(
      @ForAll @Size(max = 300) List<@LongRange(min = 1, max = 1 << 20) Long> left,
      @ForAll @LongRange(min = 1, max = 1 << 20) long fresh) {
    long[] tails = left.stream().mapToLong(Long::longValue).toArray();
    int first = TailPlan.firstSwallowed(tails, fresh);
    assertThat(first).isBetween(0, tails.length);
    assertThat(first + 1).isLessThanOrEqualTo(TailPlan.MOST);
  }
}
