package dev.pgbackup.agent.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens: {@code 127.0.0.1:8080}, {@code [::]:8080}.
 *
 * @param host an address or a name, without brackets
 * @param port 0: any free one
 */
public record ListenAddress(String host, int port) {

  private static final Pattern TEXT =
      Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");

  /**
   * Reads {@code host:port}.
   *
   * @throws IllegalArgumentException if the text is not exactly that
   */
  public static ListenAddress parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches() && Integer.parseInt(matcher.group(3)) <= 65535) {
      String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      return new ListenAddress(host, Integer.parseInt(matcher.group(3)));
    }
    throw new IllegalArgumentException(
        "\""
            + text
            + "\" is not an address to listen on: expected one as in 127.0.0.1:8080 or [::]:8080");
  }
}
