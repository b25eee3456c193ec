package dev.pgbackup.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Sizes of the configuration")
class ByteSizeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "65536, 65536",
    "1k, 1000",
    "1Ki, 1024",
    "100M, 100000000",
    "512Mi, 536870912",
    "2G, 2000000000",
    "4Gi, 4294967296",
    "1T, 1000000000000",
    "1Ti, 1099511627776",
    "1P, 1000000000000000",
    "1Pi, 1125899906842624"
  })
  @DisplayName("have the units of Kubernetes' quantities")
  void read(String text, long bytes) {
    assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "4 Gi",
        "4GiB",
        "4gi",
        "K",
        "-1",
        "1.5Gi",
        "1e3",
        "99999999999999999999",
        "99999Pi"
      })
  @DisplayName("are refused in any other shape")
  void refused(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"");
  }
}
