package dev.pgbackup.scenario.local;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.restore.RestorePurpose;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.contract.restore.TargetDocument;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.scenario.Database;
import dev.pgbackup.scenario.Environment;
import dev.pgbackup.scenario.Narrator;
import dev.pgbackup.scenario.Protection;
import dev.pgbackup.scenario.Restored;
import dev.pgbackup.scenario.Running;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Processes of this machine: PostgreSQL, s3proxy, and the packaged agent with one configuration
 * file.
 *
 * <p>Everything lies in one folder, and nothing outlives this JVM.
 */
public final class LocalProcesses implements Environment {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String ROLE = "pgbackup";
  private static final String PASSWORD = "password";
  private static final String KEY_ID = "access-key-id";
  private static final String KEY = "secret-access-key";
  private static final String SUPERUSER_PASSWORD = "superuser-password";

  private final PostgresBinaries binaries;
  private final Path root;
  private final Layout layout;
  private final Narrator narrator;
  private final Secrets secrets;
  private final AgentProgram agent;
  private final Sidecar sidecar;
  private @Nullable S3Server store;
  private @Nullable PostgresServer server;

  /**
   * @param binaries of the PostgreSQL to use
   * @param root of the repository, in which the agent is built
   * @param folder an empty one, for all that is made; it is deleted at the end
   */
  public LocalProcesses(PostgresBinaries binaries, Path root, Path folder, Narrator narrator) {
    this.binaries = binaries;
    this.root = root;
    this.layout = new Layout(folder);
    this.narrator = narrator;
    this.secrets = new Secrets(layout.secrets());
    this.agent = new AgentProgram(root.resolve("agent/target/pgbackup"), layout.logs());
  }
}
