package dev.pgbackup.agent.output;

/** Emphasis: escape sequences of a terminal, or nothing. */
public final class Style {

  /** When colours are used. */
  public enum Colours {
    auto,
    always,
    never
  }

  private final boolean enabled;

  private Style(boolean enabled) {
    this.enabled = enabled;
  }

  /** For results: colours on a terminal, unless {@code NO_COLOR} is set. */
  public static Style of(Terminal terminal, Colours colours) {
    return new Style(
        switch (colours) {
          case always -> true;
          case never -> false;
          case auto ->
              terminal.outIsTerminal()
                  && terminal.variable("NO_COLOR") == null
                  && !"dumb".equals(terminal.variable("TERM"));
        });
  }

  public boolean isEnabled() {
    return enabled;
  }

  public String bold(String text) {
    return wrap("1", text);
  }

  public String dim(String text) {
    return wrap("2", text);
  }

  public String good(String text) {
    return wrap("32", text);
  }

  public String doubtful(String text) {
    return wrap("33", text);
  }

  public String bad(String text) {
    return wrap("31", text);
  }

  private String wrap(String code, String text) {
    return enabled && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /** Characters that a text takes on the screen. */
  static int width(String text) {
    String visible = text.replaceAll("\u001b\\[[0-9;]*m", "");
    return visible.codePointCount(0, visible.length());
  }
}
