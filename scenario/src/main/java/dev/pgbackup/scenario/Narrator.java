package dev.pgbackup.scenario;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells a person what happens, in plain text or in colours. */
public final class Narrator {

  private static final String BOLD = "1";
  private static final String FAINT = "2";
  private static final String RED = "31";
  private static final String GREEN = "32";
  private static final String CYAN = "36";

  private final PrintStream out;
  private final boolean colours;

  /**
   * @param colours whether the stream is a terminal that shows them
   */
  public Narrator(PrintStream out, boolean colours) {
    this.out = out;
    this.colours = colours;
  }

  /** Whether somebody watches who can be shown a bar that grows. */
  public boolean isWatched() {
    return colours;
  }

  /** The headline of it all. */
  public void title(String text, String subtitle) {
    out.println(in(BOLD, text));
    out.println(in(FAINT, subtitle));
  }

  /** A step begins. */
  void step(Row row, String title, String explanation) {
    out.println();
    out.println(in(BOLD, "[" + row.number() + "] " + title));
    explanation.lines().forEach(line -> out.println("   " + line));
  }

  /** What a person would type. */
  public void command(String line) {
    out.println("   " + in(CYAN, "$ " + line));
  }

  /** What a person would see. */
  public void output(String text) {
    text.stripTrailing().lines().forEach(line -> out.println("     " + in(FAINT, line)));
  }

  /** Something that was done, without a command that would be worth showing. */
  public void note(String text) {
    out.println("   " + text);
  }

  /** Something that was looked at, and is as it should be. */
  void passed(String what) {
    out.println("   " + in(GREEN, "ok") + " " + what);
  }

  /** What keeps it from beginning. */
  public void problem(String text) {
    out.println(in(RED, text));
  }

  /** How long a step took. */
  void took(Duration duration) {
    out.println(
        "   " + in(FAINT, String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)));
  }

  /** Something that is not as it should be. */
  void failed(String what) {
    what.lines().forEach(line -> out.println("   " + in(RED, "FAILED") + " " + line));
  }

  /** The table of the rows. */
  public void end(Outcome outcome, Duration took) {
    out.println();
    outcome
        .rows()
        .forEach(
            (row, verdict) ->
                out.println(
                    String.format(
                        Locale.ROOT, "%3d  %s  %s", row.number(), word(verdict), row.sentence())));
    out.println();
    out.println(
        in(
            BOLD,
            outcome.passed()
                + " of "
                + outcome.rows().size()
                + " rows work; "
                + took.toSeconds()
                + " s"));
  }

  private String word(Verdict verdict) {
    String padded = String.format(Locale.ROOT, "%-11s", verdict.word());
    return switch (verdict) {
      case PASSED -> in(GREEN, padded);
      case FAILED -> in(RED, padded);
      case NOT_REACHED -> in(FAINT, padded);
    };
  }

  private String in(String colour, String text) {
    return colours ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
  }
}
