package dev.pgbackup.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The operator's own configuration: properties, or environment variables such as {@code
 * PGBACKUP_AGENT_IMAGE}.
 */
@ConfigMapping(prefix = "pgbackup")
public interface OperatorSettings {

  /** The namespace that the operator runs in: its lease and its key are there. */
  @WithDefault("pgbackup-system")
  String namespace();

  /**
   * The namespaces whose resources it works on, separated by commas. Default: all of them, for
   * which its rights must hold in the whole cluster.
   */
  Optional<List<String>> watchNamespaces();

  /** Whether an old Kubernetes is refused at the start. */
  @WithDefault("true")
  boolean checkClusterVersion();

  Agent agent();

  SigningKey signingKey();

  Polling polling();

  /** What agents run. */
  interface Agent {

    /** Image of agents and restore jobs. */
    @WithDefault("pgbackup-agent:latest")
    String image();

    /** TCP port on which agents and restore jobs serve their status. */
    @WithDefault("8080")
    int port();
  }

  /** The key with which calls to agents are signed. */
  interface SigningKey {

    /** Name of the Secret in the operator's namespace; the only one that it may read. */
    @WithDefault("pgbackup-operator-key")
    String secret();
  }

  /** How often agents are asked. */
  interface Polling {

    /** Between two looks at an agent that is well. */
    @WithDefault("15s")
    Duration interval();

    /** Between two looks while something is on its way: a start, a backup, a restore. */
    @WithDefault("2s")
    Duration busy();

    /** Between two looks at a swap, while the database is down for it. */
    @WithDefault("250ms")
    Duration swap();

    /** How long one call may take. */
    @WithDefault("5s")
    Duration timeout();

    /** Numbers alone do not change a status more often than this. */
    @WithDefault("30s")
    Duration statusInterval();
  }
}
