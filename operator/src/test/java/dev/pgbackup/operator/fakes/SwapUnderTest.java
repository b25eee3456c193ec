package dev.pgbackup.operator.fakes;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.report.ArchivedWalReport;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.Pause;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.SwapStep;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.util.List;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The operator, the master of the examples, and everybody who has a part in a swap, played. */
public final class SwapUnderTest implements AutoCloseable {

  /** The volume that the database is on in the beginning. */
  public static final String OLD = "pv-old";

  private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  private static final int MANY = 80;

  /** One line for each of some thousand requests. */
  private static final String REQUESTS = "io.fabric8.mockwebserver.MockWebServer";

  private static final PlanDocument PLAN =
      new PlanDocument(
          1,
          AgentStatuses.ARCHIVE,
          "transaction 635, inclusive",
          AgentStatuses.BACKUP_ID,
          1,
          "0/2F00000",
          AgentStatuses.NOW,
          "635",
          List.of(1),
          2,
          1_000,
          50_000_000,
          10_000_000L,
          "17.2",
          List.of(),
          List.of());
  private static final SwapPreparation PREPARED =
      new SwapPreparation(
          1,
          "7559123456789012345",
          1,
          "0/3000060",
          AgentStatuses.NOW.plusSeconds(900),
          true,
          List.of(new SwapPreparation.LogicalSlot("cdc", "postgres", "pgoutput")),
          List.of());
  private static final BackupProgressStatus BACKED_UP =
      new BackupProgressStatus(
          "id",
          "20261122T150000Z-1111",
          "PostRestore",
          BackupProgressStatus.Phase.Completed,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null);

  private final KubernetesClient client;
  private final KubernetesMockServer server;
  private final MortalClient mortal;
  private final OperatorUnderTest operator;
  private final FakeVolumes volumes;

  public SwapUnderTest(KubernetesClient client, KubernetesMockServer server) {
    Logger.getLogger(REQUESTS).setLevel(Level.WARNING);
    this.client = client;
    this.server = server;
    mortal = new MortalClient(client);
    operator = new OperatorUnderTest(client, mortal.client());
    volumes = new FakeVolumes(client, operator.clock());
    operator.createMaster();
    volumes.createClass();
    volumes.createVolume(OLD);
    volumes.bindNextTo(OLD);
    volumes.settle();
    operator.createPolicy();
    operator.startAgentPod();
    FakeAgent agent = operator.agent();
    agent.answers("GET", Endpoints.STATUS, AgentStatuses.streaming(""));
    agent.answers("POST", Endpoints.PLAN, PLAN);
    agent.answers("GET", Endpoints.PAUSE, new Pause(1, null));
    agent.answers("POST", Endpoints.PAUSE, new Pause(1, AgentStatuses.NOW));
    agent.answers("POST", Endpoints.PREPARE_SWAP, PREPARED);
    agent.answers("POST", Endpoints.RESUME, AgentStatuses.streaming(""));
    agent.answers("POST", Endpoints.BACKUPS, BACKED_UP);
  }

  public OperatorUnderTest operator() {
    return operator;
  }

  public FakeVolumes volumes() {
    return volumes;
  }

  /** That of the operator. */
  public MortalClient mortal() {
    return mortal;
  }

  /** Whether the operator may do what a swap needs. */
  public void rights(boolean allowed) {
    server
        .expect()
        .post()
        .withPath(REVIEWS)
        .andReturn(201, "{\"status\":{\"allowed\":" + allowed + "}}")
        .always();
  }

  /** A restore to transaction 635 that swaps. */
  public static PgRestore manifest(String name) {
    return named(Manifests.restore("spec:", "spec:\n  mode: Swap"), name);
  }

  /** One that puts back what another has replaced. */
  public static PgRestore undoOf(String other) {
    return named(
        Manifests.read(
            """
            apiVersion: pgbackup.dev/v1alpha1
            kind: PgRestore
            metadata: {namespace: shop, generation: 1}
            spec:
              source: {retainedVolume: {restoreRef: {name: %s}}}
              mode: Swap
            """
                .formatted(other),
            PgRestore.class),
        "undo-" + other);
  }

  private static PgRestore named(PgRestore restore, String name) {
    restore.getMetadata().setName(name);
    restore.getMetadata().setUid("uid-of-" + name);
    return restore;
  }

  /** Until a volume is restored; the next pass is the first of its swap. */
  public void restoreVolume(String name) {
    operator.createRestore(manifest(name));
    operator.reconcileRestore(name);
    probe(name);
    operator.reconcileRestore(name);
    volumes.settle();
    RestoreReport report =
        new RestoreReport(
            1,
            true,
            0,
            null,
            "done",
            AgentStatuses.NOW,
            AgentStatuses.NOW,
            null,
            new RestoreReport.Recovered("0/2F00000", AgentStatuses.NOW, "635", 1));
    operator.finishJob(job(name), "agent", "Complete", report.toTerminationMessage());
  }

  private static String job(String restore) {
    return "pgbackup-restore-" + restore;
  }

  private void probe(String name) {
    if (operator.job(job(name) + "-probe") != null) {
      operator.finishJob(job(name) + "-probe", "probe", "Complete", "uid=999 gid=999\n");
    }
  }

  /** A pass of the operator, and then all others have their turn. */
  public PgRestore pass(String name) {
    operator.reconcileRestore(name);
    others(name);
    return operator.restore(name);
  }

  private void others(String name) {
    volumes.settle();
    PgRestore restore = operator.restore(name);
    if (restore == null || restore.getStatus() == null) {
      return;
    }
    if (restore.getStatus().swap() == null) {
      probe(name);
    }
    if (isAt(restore, SwapStep.Archiving) && operator.job(job(name) + "-wal") != null) {
      ArchivedWalReport report =
          new ArchivedWalReport(
              1,
              true,
              0,
              null,
              "done",
              AgentStatuses.NOW,
              "7559123456789012345",
              1,
              "0/3000128",
              true);
      operator.finishJob(job(name) + "-wal", "agent", "Complete", ContractJson.write(report));
    }
  }

  /** Passes until something is the case. */
  public PgRestore goOnUntil(String name, Predicate<PgRestore> goal) {
    PgRestore restore = operator.restore(name);
    for (int i = 0; i < MANY && !goal.test(restore); i++) {
      restore = pass(name);
    }
    if (!goal.test(restore)) {
      throw new AssertionError("it does not come to that: " + Manifests.write(restore));
    }
    return restore;
  }

  public PgRestore goOn(String name) {
    return goOnUntil(name, SwapUnderTest::isOver);
  }

  public PgRestore goOnTo(String name, SwapStep step) {
    return goOnUntil(name, restore -> isAt(restore, step));
  }

  /**
   * Goes on; the operator is killed after so many writes, and another one is started.
   *
   * @return whether it came to the kill
   */
  public boolean goOnAndDieAfter(int writes, String name) {
    mortal.dieAfter(writes);
    try {
      goOn(name);
      return false;
    } catch (MortalClient.Killed e) {
      mortal.revive();
      others(name);
      goOn(name);
      return true;
    } finally {
      mortal.revive();
    }
  }

  public static boolean isAt(PgRestore restore, SwapStep step) {
    return restore.getStatus() != null
        && restore.getStatus().swap() != null
        && restore.getStatus().swap().step() == step;
  }

  public static boolean isOver(PgRestore restore) {
    return restore.getStatus() != null
        && restore.getStatus().phase() != null
        && restore.getStatus().phase().isTerminal();
  }

  /** Each volume with its claim, its reclaim policy, and whether something is noted on it. */
  public List<String> volumesNow() {
    return client.persistentVolumes().list().getItems().stream()
        .map(
            volume ->
                "%s %s %s %s%s"
                    .formatted(
                        volume.getMetadata().getName(),
                        volume.getStatus().getPhase(),
                        holder(volume),
                        volume.getSpec().getPersistentVolumeReclaimPolicy(),
                        isProtected(volume) ? " protected" : ""))
        .sorted()
        .toList();
  }

  private static boolean isProtected(PersistentVolume volume) {
    return volume.getMetadata().getAnnotations() != null
        && volume.getMetadata().getAnnotations().keySet().stream()
            .anyMatch(key -> key.startsWith("pgbackup.dev/"));
  }

  private String holder(PersistentVolume volume) {
    return client.persistentVolumeClaims().inNamespace("shop").list().getItems().stream()
        .filter(c -> volume.getMetadata().getName().equals(c.getSpec().getVolumeName()))
        .map(c -> c.getMetadata().getName())
        .findFirst()
        .orElse("-");
  }

  public PersistentVolumeClaim claim(String name) {
    return client.persistentVolumeClaims().inNamespace("shop").withName(name).get();
  }

  /** Deletes a claim with its volume, as a person does who does not need them any more. */
  public void forget(String claim) {
    String volume = claim(claim).getSpec().getVolumeName();
    client.persistentVolumeClaims().inNamespace("shop").withName(claim).delete();
    volumes.settle();
    client.persistentVolumes().withName(volume).delete();
  }

  @Override
  public void close() {
    operator.close();
    mortal.close();
  }
}
