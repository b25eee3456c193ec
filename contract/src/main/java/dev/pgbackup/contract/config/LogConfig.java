package dev.pgbackup.contract.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the agent logs. */
public record LogConfig(
    @Setting(value = "`text` or `json`, one line per event.", byDefault = "text") Format format,
    @Setting(value = "`error`, `warn`, `info` or `debug`.", byDefault = "info") Level level) {

  /** The shape of a line. */
  public enum Format {
    @JsonProperty("text")
    TEXT,
    @JsonProperty("json")
    JSON
  }

  /** From which importance on events are logged. */
  public enum Level {
    @JsonProperty("error")
    ERROR,
    @JsonProperty("warn")
    WARN,
    @JsonProperty("info")
    INFO,
    @JsonProperty("debug")
    DEBUG
  }
}
