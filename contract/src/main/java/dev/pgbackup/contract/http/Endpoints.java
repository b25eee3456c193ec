package dev.pgbackup.contract.http;

/** The paths of the sidecar's HTTP server. Bodies are JSON. */
public final class Endpoints {

  /** GET: is the process alive? */
  public static final String HEALTHZ = "/healthz";

  /** GET: is WAL being archived, and is there a backup? */
  public static final String READYZ = "/readyz";

  /** GET: Prometheus' text format. */
  public static final String METRICS = "/metrics";

  /** GET: {@link dev.pgbackup.contract.status.AgentStatus}. */
  public static final String STATUS = "/status";

  /**
   * GET: {@link dev.pgbackup.contract.status.BackupList}. POST (token): {@link
   * dev.pgbackup.contract.status.BackupRequest}, answered by a {@link
   * dev.pgbackup.contract.status.BackupProgressStatus}.
   */
  public static final String BACKUPS = "/backups";

  /**
   * GET, followed by a request's id: {@link dev.pgbackup.contract.status.BackupProgressStatus}, 404
   * if this process knows no such request.
   */
  public static final String BACKUP_REQUESTS = "/backups/requests/";

  /** POST: a {@link dev.pgbackup.contract.restore.PlanRequest}; changes nothing, needs no token. */
  public static final String PLAN = "/plan";

  /**
   * POST (token): switches the WAL segment and waits until it is durable; {@link
   * dev.pgbackup.contract.status.FlushResult}.
   */
  public static final String FLUSH = "/flush";

  /**
   * GET: {@link dev.pgbackup.contract.status.Pause}. POST (token): {@link
   * dev.pgbackup.contract.status.PauseRequest}, answered by the same: no scheduled backups and no
   * retention for a while.
   */
  public static final String PAUSE = "/pause";

  /**
   * POST (token): makes the server ready to be shut down for a swap: checkpoint, no backup runs,
   * everything durable, no session of the agent left; {@link
   * dev.pgbackup.contract.status.SwapRequest}, answered by a {@link
   * dev.pgbackup.contract.status.SwapPreparation}. When a server that was started later is there,
   * archiving goes on by itself; what {@link #PAUSE} pauses stays paused.
   */
  public static final String PREPARE_SWAP = "/prepare-swap";

  /** POST (token): ends what {@link #PAUSE} and {@link #PREPARE_SWAP} began. */
  public static final String RESUME = "/resume";

  private Endpoints() {}
}
