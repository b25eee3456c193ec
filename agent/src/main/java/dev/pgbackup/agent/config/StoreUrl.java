package dev.pgbackup.agent.config;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.connect.StoreSettings;
import dev.pgbackup.engine.store.s3.S3Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A store named on the command line.
 *
 * @param url {@code s3://bucket/prefix}, or a directory
 */
public record StoreUrl(
    String url,
    Optional<String> endpoint,
    Optional<String> region,
    boolean pathStyle,
    Optional<String> caFile) {

  private static final Pattern S3 = Pattern.compile("s3://([^/]+)(?:/(.*?))?/?");

  /**
   * The settings that it means.
   *
   * @throws EngineException {@code InvalidArgument} or {@code ConfigurationInvalid}
   */
  public StoreSettings settings() {
    Matcher s3 = S3.matcher(url);
    if (s3.matches()) {
      S3Settings.Builder settings =
          S3Settings.bucket(s3.group(1))
              .prefix(s3.group(2) == null ? "" : s3.group(2))
              .pathStyle(pathStyle);
      endpoint.map(StoreUrl::uri).ifPresent(settings::endpoint);
      region.ifPresent(settings::region);
      caFile.map(Path::of).ifPresent(settings::caFile);
      return new StoreSettings.S3(settings.build());
    }
    if (url.contains("://")) {
      throw new EngineException(
          Reason.InvalidArgument,
          "\"" + url + "\" names no store: expected s3://bucket/prefix or a directory.");
    }
    return new StoreSettings.Directory(Path.of(url));
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new EngineException(
          Reason.InvalidArgument,
          "\"" + text + "\" is not a URL; one looks like https://s3.example.com:9000.",
          e);
    }
  }
}
