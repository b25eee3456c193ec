package dev.pgbackup.agent.output;

import java.time.Duration;

/**
 * One line at the bottom of a terminal that is written again as work gets on: what, a bar, how much
 * of how much, speed, time left. Where nobody looks it prints nothing.
 */
public final class ProgressBar implements AutoCloseable {

  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
  private static final int BAR = 24;

  private final Terminal terminal;
  private final boolean enabled;
  private final long begun = System.nanoTime();
  private long drawnAt;
  private int drawnWidth;

  private ProgressBar(Terminal terminal, boolean enabled) {
    this.terminal = terminal;
    this.enabled = enabled;
    this.drawnAt = begun - REDRAW_NANOS;
  }

  public static ProgressBar on(Terminal terminal, boolean wanted) {
    return new ProgressBar(terminal, wanted && terminal.errIsTerminal());
  }

  /**
   * Shows how far the work is, not more often than an eye can follow.
   *
   * @param total 0 or less: unknown
   */
  public synchronized void show(String what, long done, long total) {
    long now = System.nanoTime();
    if (!enabled || now - drawnAt < REDRAW_NANOS) {
      return;
    }
    drawnAt = now;
    draw(line(what, done, total, Duration.ofNanos(now - begun), terminal.width()));
  }

  static String line(String what, long done, long total, Duration elapsed, int width) {
    StringBuilder line = new StringBuilder(what);
    double seconds = Math.max(0.001, elapsed.toMillis() / 1000.0);
    long speed = (long) (done / seconds);
    if (total > 0) {
      double part = Math.min(1, Math.max(0, (double) done / total));
      int full = (int) Math.round(part * BAR);
      line.append(" [")
          .append("#".repeat(full))
          .append(".".repeat(BAR - full))
          .append(String.format("] %3d%%  ", (int) (part * 100)))
          .append(Words.bytes(done))
          .append(" of ")
          .append(Words.bytes(total));
    } else {
      line.append("  ").append(Words.bytes(done));
    }
    line.append("  ").append(Words.bytes(speed)).append("/s");
    if (total > done && speed > 0) {
      line.append("  ")
          .append(Words.duration(Duration.ofSeconds((total - done) / speed)))
          .append(" left");
    }
    return line.length() >= width ? line.substring(0, width - 1) : line.toString();
  }

  private void draw(String line) {
    terminal.err().print("\r" + line + " ".repeat(Math.max(0, drawnWidth - line.length())));
    terminal.err().flush();
    drawnWidth = line.length();
  }

  /** Wipes the line. */
  @Override
  public synchronized void close() {
    if (drawnWidth > 0) {
      terminal.err().print("\r" + " ".repeat(drawnWidth) + "\r");
      terminal.err().flush();
      drawnWidth = 0;
    }
  }
}
