package dev.pgbackup.operator.fakes;

import dev.pgbackup.operator.OperatorSettings;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;

/** The operator's configuration: its defaults, and what a test needs. */
public final class Settings {

  private Settings() {}

  public static OperatorSettings withAgentPort(int port) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withConverter(Duration.class, 200, new DurationConverter())
        .withMapping(OperatorSettings.class)
        .withSources(
            new PropertiesConfigSource(
                Map.of("pgbackup.agent.port", Integer.toString(port)), "test", 100))
        .build()
        .getConfigMapping(OperatorSettings.class);
  }
}
