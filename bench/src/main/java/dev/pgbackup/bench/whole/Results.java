package dev.pgbackup.bench.whole;

import dev.pgbackup.contract.ContractJson;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured so far, on the disk after each figure. */
final class Results {

  private final Path json;
  private final Path markdown;
  private final PrintStream progress;
  private final Machine machine = Machine.here();
  private final Instant begun = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final Options options;
  private final Map<String, String> versions;
  private final List<Figure> figures = new ArrayList<>();

  /** The content of the JSON file. */
  private record Document(
      Instant begun,
      Machine machine,
      Map<String, String> versions,
      Options options,
      List<Figure> figures) {}

  /**
   * @param folder for the files
   * @param progress is told each figure
   * @param versions of everything that takes part
   */
  Results(Path folder, PrintStream progress, Options options, Map<String, String> versions) {
    this.json = folder.resolve("whole.json");
    this.markdown = folder.resolve("whole.md");
    this.progress = progress;
    this.options = options;
    this.versions = versions;
  }

  void add(Figure figure) {
    figures.add(figure);
    progress.printf(
        Locale.ROOT,
        "  %s, %s, run %d: %.1f s, CPU %.1f tool + %.1f server + %.1f store + %.1f other, %d MiB%n",
        figure.what(),
        figure.by(),
        figure.run(),
        figure.usage().seconds(),
        figure.usage().tool(),
        figure.usage().server(),
        figure.usage().store(),
        figure.usage().other(),
        figure.usage().peakRss() >> 20);
    write();
  }

  private void write() {
    try {
      Files.writeString(
          json,
          ContractJson.writePretty(
                  new Document(begun, machine, versions, options, List.copyOf(figures)))
              + "\n");
      Files.writeString(markdown, report());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The table, and what it was measured on. */
  String report() {
    StringBuilder text = new StringBuilder();
    text.append(machine).append(". ");
    versions.forEach((name, version) -> text.append(name).append(' ').append(version).append(". "));
    text.append(
        String.format(
            Locale.ROOT,
            "Database of about %.1f GB, %d MB of WAL, steady WAL of %d MB/s for %d s, parallelism %d.%n%n",
            options.bytes() / 1e9,
            options.walBytes() / 1_000_000,
            options.walRate() / 1_000_000,
            options.walSeconds(),
            options.parallelism()));
    return text.append(Table.of(figures)).toString();
  }
}
