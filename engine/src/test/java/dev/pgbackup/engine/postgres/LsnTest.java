package dev.pgbackup.engine.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An LSN is read and written as PostgreSQL does")
class LsnTest {

  @Property
  void whatIsWrittenIsReadBack(@ForAll long value) {
    Lsn lsn = new Lsn(value);
    assertThat(Lsn.parse(lsn.toString())).isEqualTo(lsn);
    assertThat(Lsn.parseSortable(lsn.toSortableString())).isEqualTo(lsn);
  }

  @Property
  void sortableTextSortsAsPositionsDo(@ForAll long a, @ForAll long b) {
    Lsn left = new Lsn(a);
    Lsn right = new Lsn(b);
    assertThat(Integer.signum(left.toSortableString().compareTo(right.toSortableString())))
        .isEqualTo(Integer.signum(left.compareTo(right)));
  }

  @Test
  void halvesAreHexadecimal() {
    assertThat(Lsn.parse("1/9A000060").value()).isEqualTo(0x1_9A00_0060L);
    assertThat(Lsn.parse("0/a")).hasToString("0/A");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0/", "/0", "0/123456789", "g/0", "0/0 ", "-1/0", "0/0/0"})
  void anythingElseIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Lsn.parse(text));
  }
}
