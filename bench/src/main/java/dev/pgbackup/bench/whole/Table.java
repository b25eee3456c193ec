package dev.pgbackup.bench.whole;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Figures as one Markdown table: medians over the runs, ratios within each run. */
final class Table {

  private static final String HEAD =
      "| what | by | runs | seconds (min / median / max) | MB/s | × time | × CPU | tool CPU s"
          + " | server CPU s | store CPU s | other CPU s | peak RSS MiB | stored MB | requests/GiB |";

  private Table() {}

  /** A row for each that did some work, the reference first. */
  static String of(List<Figure> figures) {
    Map<String, List<Figure>> byWhat = new LinkedHashMap<>();
    figures.forEach(
        figure -> byWhat.computeIfAbsent(figure.what(), any -> new ArrayList<>()).add(figure));
    StringBuilder table =
        new StringBuilder(HEAD).append('\n').append("|---".repeat(14)).append("|\n");
    byWhat.values().forEach(all -> rows(all).forEach(row -> table.append(row).append('\n')));
    return table.toString();
  }

  private static List<String> rows(List<Figure> ofWork) {
    Map<String, List<Figure>> byWho = new LinkedHashMap<>();
    ofWork.stream()
        .sorted((a, b) -> Boolean.compare(b.reference(), a.reference()))
        .forEach(
            figure -> byWho.computeIfAbsent(figure.by(), any -> new ArrayList<>()).add(figure));
    return byWho.values().stream().map(runs -> row(runs, ofWork)).toList();
  }

  private static String row(List<Figure> runs, List<Figure> ofWork) {
    Figure any = runs.get(0);
    List<String> cells = new ArrayList<>();
    cells.add(any.what());
    cells.add(any.by());
    cells.add(Integer.toString(runs.size()));
    cells.add(any.lag() == null ? spread(runs, f -> f.usage().seconds(), "%.1f") : lag(runs));
    cells.add(any.lag() == null ? speed(runs) : "");
    cells.add(ratio(runs, ofWork, f -> f.usage().seconds()));
    cells.add(ratio(runs, ofWork, Table::cpu));
    cells.add(median(runs, f -> f.usage().tool(), "%.1f"));
    cells.add(median(runs, f -> f.usage().server(), "%.1f"));
    cells.add(median(runs, f -> f.usage().store(), "%.1f"));
    cells.add(median(runs, f -> f.usage().other(), "%.0f"));
    cells.add(format("%.0f", values(runs, f -> f.usage().peakRss() / 1048576.0).max().orElse(0)));
    cells.add(any.storedBytes() == null ? "" : median(runs, Table::storedMegabytes, "%.0f"));
    cells.add(any.requests() == null ? "" : median(runs, Table::requestsPerGib, "%.0f"));
    return "| " + String.join(" | ", cells) + " |";
  }

  /** CPU time that the work costs where the database is. */
  private static double cpu(Figure figure) {
    return figure.usage().tool() + figure.usage().server();
  }

  private static double storedMegabytes(Figure figure) {
    Long bytes = figure.storedBytes();
    return bytes == null ? 0 : bytes / 1e6;
  }

  private static double requestsPerGib(Figure figure) {
    Long requests = figure.requests();
    return requests == null ? 0 : requests / (figure.bytes() / 1073741824.0);
  }

  private static String speed(List<Figure> runs) {
    return median(runs, f -> f.bytes() / 1e6 / f.usage().seconds(), "%.0f");
  }

  private static String lag(List<Figure> runs) {
    return format(
        "lag p50 %.2f, p99 %.2f, max %.2f",
        median(runs, f -> lagOf(f).median()),
        median(runs, f -> lagOf(f).p99()),
        values(runs, f -> lagOf(f).most()).max().orElse(0));
  }

  private static Figure.Lag lagOf(Figure figure) {
    return Optional.ofNullable(figure.lag()).orElseThrow();
  }

  /** Each run's figure by the reference's of the same run: the median, and how far they spread. */
  private static String ratio(
      List<Figure> runs, Collection<Figure> ofWork, ToDoubleFunction<Figure> value) {
    if (runs.get(0).reference()) {
      return "1";
    }
    double[] ratios =
        runs.stream()
            .flatMapToDouble(
                figure ->
                    ofWork.stream()
                        .filter(other -> other.reference() && other.run() == figure.run())
                        .mapToDouble(value)
                        .filter(reference -> reference > 0)
                        .map(reference -> value.applyAsDouble(figure) / reference))
            .sorted()
            .toArray();
    if (ratios.length == 0) {
      return "";
    }
    String middle = format("%.2f", median(ratios));
    return ratios.length == 1
        ? middle
        : format("%s (%.2f to %.2f)", middle, ratios[0], ratios[ratios.length - 1]);
  }

  private static String spread(List<Figure> runs, ToDoubleFunction<Figure> value, String form) {
    double[] sorted = values(runs, value).sorted().toArray();
    return format(form, sorted[0])
        + " / "
        + format(form, median(sorted))
        + " / "
        + format(form, sorted[sorted.length - 1]);
  }

  private static String median(List<Figure> runs, ToDoubleFunction<Figure> value, String form) {
    return format(form, median(runs, value));
  }

  private static double median(List<Figure> runs, ToDoubleFunction<Figure> value) {
    return median(values(runs, value).sorted().toArray());
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static DoubleStream values(List<Figure> runs, ToDoubleFunction<Figure> value) {
    return runs.stream().mapToDouble(value);
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
