package dev.pgbackup.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Durations of the configuration")
class SpanTest {

  @ParameterizedTest
  @CsvSource({
    "0s, PT0S",
    "500ms, PT0.5S",
    "5s, PT5S",
    "90m, PT1H30M",
    "1h30m, PT1H30M",
    "14d, PT336H",
    "2w, PT336H",
    "1d2h3m4s5ms, PT26H3M4.005S"
  })
  @DisplayName("have units from milliseconds to weeks")
  void read(String text, Duration expected) {
    assertThat(Span.parse(text).duration()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " 5s",
        "5",
        "5 s",
        "-5s",
        "+5s",
        "5S",
        "1.5h",
        "5s1m",
        "5s5s",
        "14 days",
        "PT5S",
        "99999999999999999999s",
        "9999999999999999w"
      })
  @DisplayName("are refused in any other shape, with an example of the right one")
  void refused(String text) {
    assertThatThrownBy(() -> Span.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"");
  }

  @Test
  @DisplayName("are written in days at most, since weeks are not everybody's")
  void days() {
    assertThat(Span.parse("2w")).hasToString("14d");
  }
}
