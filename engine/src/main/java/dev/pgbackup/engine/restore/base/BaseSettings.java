package dev.pgbackup.engine.restore.base;

import java.nio.file.Path;
import java.util.Map;

/**
 * How a base backup is restored.
 *
 * @param parallelism how many pieces are fetched at a time
 * @param delta whether the directory may hold something already: then only what differs is fetched,
 *     and what does not belong there is removed
 * @param tablespaces other places for tablespaces, by the location that the backup names
 * @param reserve bytes that must be left when everything is there, for the WAL that is replayed
 */
public record BaseSettings(
    int parallelism, boolean delta, Map<String, Path> tablespaces, long reserve) {

  public static final BaseSettings DEFAULT = new BaseSettings(4, false, Map.of(), 0);

  public BaseSettings {
    if (parallelism < 1) {
      throw new IllegalArgumentException("at least one piece is fetched at a time");
    }
    tablespaces = Map.copyOf(tablespaces);
  }

  public BaseSettings withDelta() {
    return new BaseSettings(parallelism, true, tablespaces, reserve);
  }
}
