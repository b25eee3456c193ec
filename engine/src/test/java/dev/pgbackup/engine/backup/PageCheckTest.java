package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("B8: a page tells whether it is what the server wrote")
class PageCheckTest {

  private static final int PAGE = PageChecksum.PAGE;
  private static final Lsn START = Lsn.parse("0/FFFFFFFF");

  private final PageCheck check = new PageCheck(START);

  @Test
  void an_empty_page_is_sound() {
    assertThat(check.isSound(new byte[PAGE], 0, 7)).isTrue();
  }

  @Test
  void an_empty_header_over_something_is_not() {
    byte[] page = new byte[PAGE];
    page[5000] = 1;

    assertThat(check.isSound(page, 0, 7)).isFalse();
  }

  @Test
  void a_page_that_changed_since_the_beginning_may_have_been_read_while_it_was_written() {
    byte[] page = page();

    assertThat(check.isChanging(page, 0, Lsn.parse("1/0"))).isTrue();
    assertThat(check.isChanging(page, 0, Lsn.parse("0/FFFFFFFF"))).as("not there yet").isFalse();
    assertThat(new PageCheck(Lsn.parse("1/1")).isChanging(page, 0, Lsn.parse("2/0")))
        .as("before the beginning")
        .isFalse();
  }

  @Test
  void any_flipped_bit_is_noticed_and_so_is_a_page_in_the_wrong_place() {
    byte[] page = page();
    int checksum = new PageChecksum().of(page, 0, 7);
    page[8] = (byte) checksum;
    page[9] = (byte) (checksum >> 8);
    assertThat(check.isSound(page, 0, 7)).isTrue();
    assertThat(check.isSound(page, 0, 8)).isFalse();
    for (int bit = 0; bit < PAGE * 8; bit += 13) {
      page[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(check.isSound(page, 0, 7)).as("bit " + bit).isFalse();
      page[bit / 8] ^= (byte) (1 << (bit % 8));
    }
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
