package dev.pgbackup.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Output for people")
class OutputTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1023, 1023 B",
    "1024, 1.00 KiB",
    "1536, 1.50 KiB",
    "10485760, 10.0 MiB",
    "1048575, 1.00 MiB",
    "107374182400, 100 GiB",
    "9223372036854775807, 8192 PiB"
  })
  @DisplayName("says bytes with three digits")
  void bytes(long number, String expected) {
    assertThat(Words.bytes(number)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0s", "59, 59s", "60, 1m 0s", "3599, 59m 59s", "3600, 1h 0m", "90000, 1d 1h"})
  @DisplayName("says durations with two units")
  void durations(long seconds, String expected) {
    assertThat(Words.duration(Duration.ofSeconds(seconds))).isEqualTo(expected);
  }

  @Test
  @DisplayName("aligns tables, colours not counted")
  void table() {
    Style colours = Style.of(terminal(false), Style.Colours.always);
    Table table =
        new Table()
            .column("NAME")
            .rightColumn("SIZE")
            .column("")
            .row(colours.bad("a"), "1", "x")
            .row("long name", "10000", "");

    assertThat(
            table
                .render(Style.of(terminal(false), Style.Colours.never))
                .replaceAll("\u001b\\[[0-9]*m", ""))
        .isEqualTo("NAME        SIZE\na              1  x\nlong name  10000\n");
  }

  @Test
  @DisplayName("has no colours when nobody looks, or when NO_COLOR says so")
  void colours() {
    assertThat(Style.of(terminal(false), Style.Colours.auto).bold("x")).isEqualTo("x");
    assertThat(Style.of(terminal(true), Style.Colours.auto).bold("x")).isNotEqualTo("x");
    assertThat(
            Style.of(
                    new Terminal(stream(), stream(), true, true, Map.of("NO_COLOR", "1")),
                    Style.Colours.auto)
                .bold("x"))
        .isEqualTo("x");
  }

  @Test
  @DisplayName("shows progress as part, speed and time left, within the width of the terminal")
  void progress() {
    assertThat(ProgressBar.line("copying", 25 << 20, 100 << 20, Duration.ofSeconds(5), 100))
        .isEqualTo(
            "copying [######..................]  25%  25.0 MiB of 100 MiB  5.00 MiB/s  15s left");
    assertThat(ProgressBar.line("copying", 1, 0, Duration.ofSeconds(1), 12)).hasSize(11);
  }

  @Test
  @DisplayName("leaves no trace of progress where nobody looks, and wipes it where somebody does")
  void wiped() {
    try (ProgressBar bar = ProgressBar.on(terminal(false), true)) {
      bar.show("copying", 1, 2);
    }
    assertThat(bytes.size()).isZero();

    try (ProgressBar bar = ProgressBar.on(terminal(true), true)) {
      bar.show("copying", 1, 2);
    }
    String drawn = bytes.toString(StandardCharsets.UTF_8);
    assertThat(drawn).contains("copying").endsWith(" \r");
  }

  private Terminal terminal(boolean watched) {
    return new Terminal(stream(), stream(), watched, watched, Map.of());
  }

  private PrintStream stream() {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
