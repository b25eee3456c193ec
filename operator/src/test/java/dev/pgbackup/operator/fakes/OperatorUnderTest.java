package dev.pgbackup.operator.fakes;

import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.agent.AgentClient;
import dev.pgbackup.operator.agent.OperatorKeys;
import dev.pgbackup.operator.backup.BackupReconciler;
import dev.pgbackup.operator.backup.RecordKeeper;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.EventRecorder;
import dev.pgbackup.operator.kube.OwnRights;
import dev.pgbackup.operator.kube.WatchedCluster;
import dev.pgbackup.operator.lookup.PolicyLookup;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.policy.AgentRetirement;
import dev.pgbackup.operator.policy.ArchiveFollower;
import dev.pgbackup.operator.policy.PolicyObserver;
import dev.pgbackup.operator.policy.PolicyReconciler;
import dev.pgbackup.operator.restore.RestoreCourse;
import dev.pgbackup.operator.restore.RestoreReconciler;
import dev.pgbackup.operator.restore.step.AwaitApproval;
import dev.pgbackup.operator.restore.step.CheckVolume;
import dev.pgbackup.operator.restore.step.FindSource;
import dev.pgbackup.operator.restore.step.FinishDryRun;
import dev.pgbackup.operator.restore.step.FollowRestoreJob;
import dev.pgbackup.operator.restore.step.LaunchRestoreJob;
import dev.pgbackup.operator.restore.step.LearnIdentity;
import dev.pgbackup.operator.restore.step.MakePlan;
import dev.pgbackup.operator.restore.step.ProvisionVolume;
import dev.pgbackup.operator.restore.step.RecognizeEarlierRun;
import dev.pgbackup.operator.restore.step.RunInstance;
import dev.pgbackup.operator.restore.step.SealVolume;
import dev.pgbackup.operator.status.StatusPace;
import dev.pgbackup.operator.swap.retained.RetainedVolumes;
import dev.pgbackup.operator.swap.step.SwapSteps;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The operator's reconcilers on an API server for tests, with an agent that is played. */
public final class OperatorUnderTest implements AutoCloseable {

  private static final String NAMESPACE = "shop";

  private final KubernetesClient client;
  private final KubernetesClient operators;
  private final FakeAgent agent = new FakeAgent();
  private final TestClock clock = new TestClock();
  private final CrudWriter objects;
  private final PolicyReconciler policies;
  private final BackupReconciler backups;
  private final RestoreReconciler restores;
  private Instant restoreAskedAt = AgentStatuses.NOW;

  public OperatorUnderTest(KubernetesClient client) {
    this(client, client);
  }

  /**
   * @param operators the client that the operator itself uses
   */
  public OperatorUnderTest(KubernetesClient client, KubernetesClient operators) {
    this.client = client;
    this.operators = operators;
    OperatorSettings settings = Settings.withAgentPort(agent.port());
    objects = new CrudWriter(operators);
    ClusterReader cluster = new ClusterReader(operators);
    OperatorKeys keys = new OperatorKeys(operators, settings);
    AgentClient agents = new AgentClient(keys, clock, settings);
    EventRecorder events = new EventRecorder(operators, clock);
    PolicyLookup lookup = new PolicyLookup(cluster, settings);
    // Watches nothing, so it reads live.
    WatchedCluster watched = new WatchedCluster(operators);
    RecordKeeper records = new RecordKeeper(operators, clock);
    PolicyObserver observer = new PolicyObserver(watched, agents, clock, settings);
    policies =
        new PolicyReconciler(
            watched,
            observer,
            objects,
            new ArchiveFollower(observer, agents, records, clock),
            new AgentRetirement(observer, cluster, objects, keys, events, clock, settings),
            keys,
            events,
            new StatusPace(clock, settings),
            clock,
            settings);
    backups = new BackupReconciler(operators, records, lookup, agents, events, clock, settings);
    ClusterWriter writer = new ClusterWriter(operators);
    LearnIdentity learnIdentity = new LearnIdentity(cluster, objects);
    restores =
        new RestoreReconciler(
            new RestoreCourse(
                new FindSource(cluster, lookup, agents),
                new RecognizeEarlierRun(cluster),
                new MakePlan(cluster, objects, lookup, agents, clock, settings),
                new CheckVolume(cluster),
                new FinishDryRun(),
                learnIdentity,
                new ProvisionVolume(objects),
                new LaunchRestoreJob(cluster, objects, settings),
                new FollowRestoreJob(cluster, objects, agents, settings),
                new SealVolume(cluster, writer, clock),
                new RunInstance(cluster, objects),
                new AwaitApproval(),
                new SwapSteps(
                    cluster,
                    writer,
                    objects,
                    new OwnRights(operators),
                    lookup,
                    agents,
                    learnIdentity,
                    clock,
                    settings)),
            cluster,
            writer,
            events,
            new StatusPace(clock, settings),
            clock,
            settings,
            new RetainedVolumes(cluster, writer, events, clock, settings));
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(settings.namespace())
                .withName(settings.signingKey().secret())
                .endMetadata()
                .build())
        .create();
  }

  public FakeAgent agent() {
    return agent;
  }

  public TestClock clock() {
    return clock;
  }

  public List<String> written() {
    return objects.written();
  }

  public void createMaster() {
    Manifests.master().forEach(object -> client.resource(object).create());
  }

  public void createPolicy() {
    client.resource(Manifests.policy()).create();
  }

  public PgBackupPolicy policy() {
    return client.resources(PgBackupPolicy.class).inNamespace(NAMESPACE).withName("master").get();
  }

  /** Changes the policy as a person would, with another generation. */
  public void editPolicy(String text, String by) {
    PgBackupPolicy before = policy();
    PgBackupPolicy edited =
        Manifests.read(Manifests.write(before).replace(text, by), PgBackupPolicy.class);
    edited.getMetadata().setGeneration(before.getMetadata().getGeneration() + 1);
    client.resource(edited).update();
  }

  public PgBackupPolicy reconcilePolicy() {
    reconcile(policies, policy());
    return policy();
  }

  public PgBackup reconcileBackup(String name) {
    reconcile(backups, backup(name));
    return backup(name);
  }

  public void createRestore(PgRestore restore) {
    createRestore(restore, AgentStatuses.NOW.minusSeconds(10));
  }

  public void createRestore(PgRestore restore, Instant at) {
    restoreAskedAt = at;
    client.resource(restore).create();
  }

  public PgRestore reconcileRestore() {
    return reconcileRestore("before-cc");
  }

  /** Changes the restore as a person would. */
  public void editRestore(String text, String by) {
    client
        .resource(Manifests.read(Manifests.write(restore()).replace(text, by), PgRestore.class))
        .update();
  }

  public PgRestore reconcileRestore(String name) {
    PgRestore restore = restore(name);
    // The server of tests sets the time of this machine.
    restore.getMetadata().setCreationTimestamp(restoreAskedAt.toString());
    reconcile(restores, restore);
    return restore(name);
  }

  public PgRestore restore() {
    return restore("before-cc");
  }

  public PgRestore restore(String name) {
    return client.resources(PgRestore.class).inNamespace(NAMESPACE).withName(name).get();
  }

  public @Nullable Job job(String name) {
    return client.batch().v1().jobs().inNamespace(NAMESPACE).withName(name).get();
  }

  /** Plays the end of a Job: its pod with the last words of a container. */
  public void finishJob(String name, String container, String condition, String lastWords) {
    Job job = Objects.requireNonNull(job(name));
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(NAMESPACE)
            .withName(name + "-x")
            .withLabels(job.getSpec().getTemplate().getMetadata().getLabels())
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .withNewStatus()
            .withPhase(condition.equals("Complete") ? "Succeeded" : "Failed")
            .addNewContainerStatus()
            .withName(container)
            .withNewState()
            .withNewTerminated()
            .withMessage(lastWords)
            .endTerminated()
            .endState()
            .endContainerStatus()
            .endStatus()
            .build();
    client.pods().inNamespace(NAMESPACE).withName(name + "-x").withGracePeriod(0).delete();
    client.resource(pod).create();
    client.resource(pod).updateStatus();
    end(job, condition);
  }

  private void end(Job job, String condition) {
    client
        .resource(
            new JobBuilder(job)
                .withNewStatus()
                .addNewCondition()
                .withType(condition)
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build())
        .updateStatus();
  }

  /** Plays the pod of a Job that runs, with this agent in it. */
  public void startJobPod(String name) {
    Pod pod =
        running(
            name + "-x",
            Objects.requireNonNull(job(name)).getSpec().getTemplate().getMetadata().getLabels());
    client.resource(pod).create();
    client.resource(pod).updateStatus();
  }

  public PgBackup backup(String name) {
    return client.resources(PgBackup.class).inNamespace(NAMESPACE).withName(name).get();
  }

  /** As the SDK does it: a status is written when the reconciler says so. */
  private <T extends CustomResource<?, ?>> void reconcile(Reconciler<T> reconciler, T resource) {
    try {
      UpdateControl<T> control = reconciler.reconcile(resource, context());
      if (control.isPatchStatus()) {
        operators.resource(control.getResource().orElseThrow()).updateStatus();
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** What it says is not asked for: everything is read live. */
  @SuppressWarnings("unchecked")
  private static <T extends HasMetadata> Context<T> context() {
    return (Context<T>)
        Proxy.newProxyInstance(
            OperatorUnderTest.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            });
  }

  /** Lets the deletion of the policy go on; true if it is over. */
  public boolean cleanUpPolicy() {
    PgBackupPolicy policy = policy();
    policy.getMetadata().setDeletionTimestamp(AgentStatuses.NOW.toString());
    return policies.cleanup(policy, context()).isRemoveFinalizer();
  }

  public void startAgentPod() {
    Pod pod = running("pgbackup-master-x", Names.agentLabels("master"));
    client.resource(pod).create();
    client.resource(pod).updateStatus();
  }

  private Pod running(String name, Map<String, String> labels) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(name)
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .withNewStatus()
        .withPodIP(agent.ip())
        .addNewContainerStatus()
        .withName("agent")
        .withNewState()
        .withNewRunning()
        .endRunning()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  public void stopAgentPod() {
    client.pods().inNamespace(NAMESPACE).withName("pgbackup-master-x").withGracePeriod(0).delete();
  }

  public @Nullable Job retirementJob() {
    return client
        .batch()
        .v1()
        .jobs()
        .inNamespace(NAMESPACE)
        .withName("pgbackup-master-retire")
        .get();
  }

  public void finishRetirement(String condition) {
    end(Objects.requireNonNull(retirementJob()), condition);
  }

  /** Kinds and reasons of all events. */
  public List<String> events() {
    return client.events().v1().events().inNamespace(NAMESPACE).list().getItems().stream()
        .map(e -> e.getType() + " " + e.getReason())
        .toList();
  }

  @Override
  public void close() {
    agent.close();
  }
}
