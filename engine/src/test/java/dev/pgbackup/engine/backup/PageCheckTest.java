package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("B8: a page tells whether it is what the server wrote")
class PageCheckTest {

  private static final int PAGE = PageChecksum.PAGE;
  private static final Lsn LATE = Lsn.parse("0/FFFFFFFF");

  @Test
  void an_empty_page_is_sound() {
    assertThat(new PageCheck(LATE).isSound(new byte[PAGE], 0, 7)).isTrue();
  }

  @Test
  void an_empty_header_over_something_is_not() {
    byte[] page = new byte[PAGE];
    page[5000] = 1;

    assertThat(new PageCheck(LATE).isSound(page, 0, 7)).isFalse();
  }

  @Test
  void a_page_that_changed_since_the_beginning_says_nothing() {
    byte[] page = page();

    assertThat(new PageCheck(Lsn.parse("1/0")).isSound(page, 0, 7)).isTrue();
    assertThat(new PageCheck(Lsn.parse("1/1")).isSound(page, 0, 7)).isFalse();
  }

  @Test
  void any_flipped_bit_is_noticed_and_so_is_a_page_in_the_wrong_place() {
    byte[] page = page();
    int checksum = new PageChecksum().of(page, 0, 7);
    page[8] = (byte) checksum;
    page[9] = (byte) (checksum >> 8);
    PageCheck check = new PageCheck(Lsn.parse("2/0"));
    assertThat(check.isSound(page, 0, 7)).isTrue();
    assertThat(check.isSound(page, 0, 8)).isFalse();
    for (int bit = 0; bit < PAGE * 8; bit += 13) {
      page[bit / 8] ^= (byte) (1 << (bit % 8));
      if (bit < 32
          || bit > 63) { // the low half of the position alone may still be before the start
        assertThat(check.isSound(page, 0, 7)).as("bit " + bit).isEqualTo(bit < 32 && isLate(page));
      }
      page[bit / 8] ^= (byte) (1 << (bit % 8));
    }
  }

  private static boolean isLate(byte[] page) {
    return page[0] > 1 || page[1] != 0 || page[2] != 0 || page[3] != 0;
  }

  /** Changed at 1/0; upper end of the free space at byte 8192. */
  private static byte[] page() {
    byte[] page = new byte[PAGE];
    for (int i = 24; i < PAGE; i++) {
      page[i] = (byte) (i * 31);
    }
    byte[] header = HexFormat.of().parseHex("0100000000000000" + "0000" + "0000" + "1800" + "0020");
    System.arraycopy(header, 0, page, 0, header.length);
    return page;
  }
}
