package dev.pgbackup.engine.restore.replay;

import java.util.Map;

/**
 * How a replay is done.
 *
 * @param feed how WAL is fetched
 * @param server settings of the replaying server on top of those that it needs, by name
 */
public record ReplaySettings(FeedSettings feed, Map<String, String> server) {

  public static final ReplaySettings DEFAULT = new ReplaySettings(FeedSettings.DEFAULT, Map.of());

  public ReplaySettings {
    server = Map.copyOf(server);
  }
}
