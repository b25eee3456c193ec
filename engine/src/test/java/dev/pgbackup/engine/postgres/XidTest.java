package dev.pgbackup.engine.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("T2 a transaction id is widened by the epoch it was assigned in")
class XidTest {

  @Property
  void anIdOfTheLastTwoThousandMillionIsFoundAgain(
      @ForAll @LongRange(min = 1L << 32, max = 1L << 50) long next,
      @ForAll @LongRange(min = 1, max = (1L << 31) - 1) long age) {
    Xid assigned = new Xid(next - age);
    assertThat(Xid.widen((int) assigned.low(), new Xid(next))).isEqualTo(assigned);
  }

  @Test
  void epochAndLowerHalfAreItsParts() {
    Xid xid = Xid.parse("4294967931");
    assertThat(xid.epoch()).isEqualTo(1);
    assertThat(xid.low()).isEqualTo(635);
  }

  @Test
  void idsThatNoTransactionHasAreRefused() {
    for (String text : new String[] {"", "0", "2", "-635", "6x", "4294967298"}) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Xid.parse(text));
    }
  }
}
