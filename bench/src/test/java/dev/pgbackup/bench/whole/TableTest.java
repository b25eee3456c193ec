package dev.pgbackup.bench.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The table of a whole run")
class TableTest {

  @Test
  @DisplayName("divides by the reference of the same run, not by its mean")
  void ratiosWithinEachRun() {
    String table =
        Table.of(
            List.of(
                figure("pgbackup", 1, 20),
                figure("reference", 1, 10).asReference(),
                figure("pgbackup", 2, 90),
                figure("reference", 2, 30).asReference()));

    assertThat(cells(table, "pgbackup")).contains("20.0 / 55.0 / 90.0", "2.50 (2.00 to 3.00)");
  }

  @Test
  @DisplayName("has the reference first, whoever was measured first")
  void referenceFirst() {
    String table =
        Table.of(List.of(figure("pgbackup", 1, 2), figure("reference", 1, 1).asReference()));

    assertThat(table.indexOf("reference")).isLessThan(table.indexOf("pgbackup"));
  }

  private static Figure figure(String by, int run, double seconds) {
    return Figure.of("work", by, run, 1_000_000, new Usage(seconds, 1, 0, 0, 0, 0));
  }

  private static List<String> cells(String table, String by) {
    return table
        .lines()
        .filter(line -> line.contains("| " + by + " |"))
        .flatMap(line -> Arrays.stream(line.split(" \\| ")))
        .toList();
  }
}
