package dev.pgbackup.scenario.kubernetes;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.RestorePurpose;
import dev.pgbackup.contract.restore.TargetDocument;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.scenario.Backup;
import dev.pgbackup.scenario.Database;
import dev.pgbackup.scenario.Environment;
import dev.pgbackup.scenario.Narrator;
import dev.pgbackup.scenario.Plan;
import dev.pgbackup.scenario.Protection;
import dev.pgbackup.scenario.Refused;
import dev.pgbackup.scenario.Restored;
import dev.pgbackup.scenario.Running;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes cluster with the operator on it: the master of the examples, their policy and their
 * restores, in a namespace that is made for it.
 *
 * <p>States and plans are what the custom resources say. Positions are asked of the agent, since
 * numbers get into a status only now and then.
 */
public final class KubernetesCluster implements Environment {

  private static final String POLICY = "master";
  private static final String LATEST = "latest: {}";
  private static final String SWAP = "restore-xid-635";
  private static final String UNDO = "undo-restore-xid-635";
  private static final Set<String> OVER = Set.of("Succeeded", "Failed", "RolledBack", "Aborted");
  private static final int AGENT_PORT = 8080;
  private static final Duration ONE_CALL = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final Path root;
  private final Images images;
  private final Narrator narrator;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> secrets = new ArrayList<>(List.of("change-me"));
  private @Nullable Home home;
  private @Nullable ObjectStore store;
  private @Nullable Examples examples;
  private @Nullable PodDatabase master;
  private int dryRuns;

  /**
   * @param client with an administrator's rights; it stays open
   * @param root of the repository
   */
  public KubernetesCluster(KubernetesClient client, Path root, Images images, Narrator narrator) {
    this.client = client;
    this.root = root;
    this.images = images;
    this.narrator = narrator;
  }

  /** What the story needs beside the operator. */
  public record Images(String postgres, String s3) {}

  @Override
  public String name() {
    return "Kubernetes %s at %s"
        .formatted(client.getKubernetesVersion().getGitVersion(), client.getMasterUrl());
  }

  /** The namespace that the story happens in, once it has begun. */
  public Home home() {
    return begun(home);
  }

  public Examples examples() {
    return begun(examples);
  }

  @Override
  public void startMaster() {
    home =
        Home.create(
            client, "pgbackup-demo-" + UUID.randomUUID().toString().substring(0, 8), Map.of());
    narrator.command("kubectl create namespace " + home.name());
    store = new ObjectStore(home, images.s3());
    store.start();
    examples = new Examples(root.resolve("examples"), images.postgres(), store.endpoint());
    narrator.note("bucket pghoard at " + store.endpoint() + ", in a pod of its own");
    giveKeys();
    narrator.command("kubectl apply -k examples/master");
    narrator.note("with the image " + images.postgres());
    home.apply(examples.read("master/master.yaml", Map.of()));
    home.awaitReady(Home.MASTER);
    master = PodDatabase.of(home, Home.MASTER);
  }

  private void giveKeys() {
    ObjectStore.Keys keys = begun(store).keys();
    secrets.addAll(List.of(keys.id(), keys.secret()));
    narrator.command("kubectl create secret generic aws --from-env-file=.env");
    home().secret("aws", keys.content());
  }

  @Override
  public Database master() {
    return begun(master);
  }

  @Override
  public void protect() {
    narrator.command("kubectl apply -f examples/backuppolicy.yaml");
    home().apply(examples().read("backuppolicy.yaml", Map.of()));
    narrator.command("kubectl wait pgbp/master --for=condition=Ready --timeout=5m");
    home().awaitCondition(Home.POLICIES, POLICY, "Ready");
    GenericKubernetesResource policy = policy();
    narrator.command("kubectl get pgbp/master");
    narrator.output(
        "Ready %s, %s, slot %s, restorable to %s"
            .formatted(
                home().condition(Home.POLICIES, POLICY, "Ready"),
                text(policy, "archiving", "state"),
                text(policy, "archiving", "slotName"),
                text(policy, "latestRestorableTime")));
  }

  @Override
  public Protection protection() {
    GenericKubernetesResource policy = policy();
    AgentStatus agent = agent();
    Number retained = policy.get("status", "archiving", "retainedBytes");
    String ready = home().condition(Home.POLICIES, POLICY, "Ready");
    return new Protection(
        Objects.requireNonNullElse(text(policy, "archiving", "state"), "Unknown"),
        text(policy, "archiving", "slotName"),
        retained == null ? null : retained.longValue(),
        agent.database() == null ? null : agent.database().timeline(),
        agent.archiving().durableLsn(),
        agent.gaps().size(),
        ready.equals("True") ? null : home().message(Home.POLICIES, POLICY, "Ready"));
  }

  private AgentStatus agent() {
    Pod pod = home().readyAgent(POLICY);
    try (LocalPortForward forward = client.pods().resource(pod).portForward(AGENT_PORT)) {
      URI uri = URI.create("http://127.0.0.1:" + forward.getLocalPort() + Endpoints.STATUS);
      return ContractJson.read(
          http.send(HttpRequest.newBuilder(uri).timeout(ONE_CALL).build(), BodyHandlers.ofString())
              .body(),
          AgentStatus.class);
    } catch (IOException e) {
      throw new IllegalStateException("the agent does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void changeFlushInterval(Duration interval) {
    String patch =
        "{\"spec\":{\"wal\":{\"flushInterval\":\"%ds\"}}}".formatted(interval.toSeconds());
    narrator.command("kubectl patch pgbp/master --type=merge -p '" + patch + "'");
    home().patch(Home.POLICIES, POLICY, patch);
    narrator.command("kubectl wait pgbp/master --for=condition=Reconciling=False");
    home().awaitCondition(Home.POLICIES, POLICY, "Reconciling", "False");
  }

  @Override
  public void rotateSecrets() {
    narrator.note("the bucket gets a new pair of keys, the role postgres a new password");
    begun(store).rotateKeys();
    giveKeys();
    String password = UUID.randomUUID().toString();
    secrets.add(password);
    try {
      master().execute("postgres", "ALTER ROLE postgres PASSWORD '" + password + "'");
    } catch (SQLException e) {
      throw new IllegalStateException("the password cannot be changed", e);
    }
    narrator.command("kubectl create secret generic master … | kubectl apply -f -");
    home().secret("master", Map.of("POSTGRES_PASSWORD", password));
    try {
      master()
          .execute(
              "postgres",
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  + " WHERE usename = 'postgres' AND pid <> pg_backend_pid()");
    } catch (SQLException e) {
      throw new IllegalStateException("old sessions cannot be ended", e);
    }
  }

  @Override
  public List<String> leakedSecrets() {
    List<String> leaks = new ArrayList<>();
    visible()
        .forEach(
            (place, text) -> {
              if (secrets.stream().anyMatch(text::contains)) {
                leaks.add(place);
              }
            });
    return leaks;
  }

  /** Everything that can be read without a right on Secrets, by its place. */
  private Map<String, String> visible() {
    Map<String, String> all = new TreeMap<>();
    String namespace = home().name();
    for (String kind : List.of(Home.POLICIES, Home.BACKUPS, Home.RESTORES)) {
      home()
          .list(kind)
          .forEach(r -> all.put(kind + "/" + r.getMetadata().getName(), Serialization.asYaml(r)));
    }
    all.put("events", Serialization.asYaml(client.v1().events().inNamespace(namespace).list()));
    all.put("config maps", Serialization.asYaml(client.configMaps().inNamespace(namespace).list()));
    List<Pod> pods =
        client
            .pods()
            .inNamespace(namespace)
            .withLabel("app.kubernetes.io/managed-by", "pgbackup-operator")
            .list()
            .getItems();
    List<Pod> operators = client.pods().inNamespace(Installation.NAMESPACE).list().getItems();
    for (Pod pod : pods) {
      all.put("pod " + pod.getMetadata().getName(), Serialization.asYaml(pod));
      logs(pod, all);
    }
    operators.forEach(pod -> logs(pod, all));
    return all;
  }

  private void logs(Pod pod, Map<String, String> all) {
    pod.getSpec()
        .getContainers()
        .forEach(
            container ->
                all.put(
                    "log of %s, %s".formatted(pod.getMetadata().getName(), container.getName()),
                    client.pods().resource(pod).inContainer(container.getName()).getLog()));
  }

  @Override
  public List<Backup> backups() {
    if (home().get(Home.POLICIES, POLICY) == null) {
      return backupsOfBucketAlone();
    }
    return home().list(Home.BACKUPS).stream()
        .filter(backup -> "Completed".equals(text(backup, "phase")))
        .sorted(
            Comparator.comparing((GenericKubernetesResource backup) -> completedAt(backup))
                .reversed())
        .map(
            backup ->
                new Backup(
                    Objects.requireNonNull(text(backup, "backupId")),
                    backup.<Number>get("status", "timeline").intValue()))
        .toList();
  }

  private static String completedAt(GenericKubernetesResource backup) {
    return Objects.requireNonNullElse(text(backup, "completedAt"), "");
  }

  /** Nobody but the bucket knows them when the policy is gone. */
  private List<Backup> backupsOfBucketAlone() {
    String name = nextDryRun();
    narrator.command("kubectl apply -f examples/restore-into-empty-cluster.yaml  # dryRun: true");
    home()
        .apply(
            examples()
                .read(
                    "restore-into-empty-cluster.yaml",
                    Map.of(
                        "name: restore-into-empty-cluster",
                        "name: " + name,
                        LATEST + "}",
                        LATEST + "}\n  dryRun: true")));
    home().awaitCondition(Home.RESTORES, name, "Complete");
    GenericKubernetesResource restore = restore(name);
    return List.of(
        new Backup(
            Objects.requireNonNull(text(restore, "plan", "backupId")), timelines(restore).get(0)));
  }

  @Override
  public void showBackups() {
    narrator.command("kubectl get pgbackups");
    home()
        .list(Home.BACKUPS)
        .forEach(
            backup ->
                narrator.output(
                    "%s  %s  %s  timeline %s  %s, stored %s"
                        .formatted(
                            backup.getMetadata().getName(),
                            text(backup, "phase"),
                            text(backup, "completedAt"),
                            backup.<Number>get("status", "timeline"),
                            text(backup, "size"),
                            text(backup, "storedSize"))));
  }

  @Override
  public Plan plan(TargetDocument target) {
    String name = dryRun(target);
    home().awaitCondition(Home.RESTORES, name, "Complete");
    GenericKubernetesResource restore = restore(name);
    narrator.command("kubectl get pgr/" + name + " -o jsonpath='{.status.plan}'");
    narrator.output(Serialization.asYaml(restore.get("status", "plan")).replaceFirst("---\n", ""));
    return new Plan(Objects.requireNonNull(text(restore, "plan", "targetLSN")), timelines(restore));
  }

  private static List<Integer> timelines(GenericKubernetesResource restore) {
    List<Number> path = restore.get("status", "plan", "timelinePath");
    return path.stream().map(Number::intValue).toList();
  }

  @Override
  public Refused refusal(TargetDocument target) {
    String name = "refused-" + nextDryRun();
    apply(name, target);
    home().awaitCondition(Home.RESTORES, name, "Failed");
    Refused refused =
        new Refused(
            home().reason(Home.RESTORES, name, "PreflightPassed"),
            home().message(Home.RESTORES, name, "PreflightPassed"));
    narrator.output(refused.reason() + ": " + refused.message());
    if (home().hasClaim(name)) {
      throw new IllegalStateException("a volume was made for a restore that is refused: " + name);
    }
    return refused;
  }

  private String dryRun(TargetDocument target) {
    String name = nextDryRun();
    narrator.command("kubectl apply -f examples/restore-dry-run.yaml  # " + yaml(target));
    home()
        .apply(
            examples()
                .read(
                    "restore-dry-run.yaml",
                    Map.of(
                        "name: restore-dry-run",
                        "name: " + name,
                        "{xid: \"635\", inclusive: false}",
                        "{" + yaml(target) + "}")));
    return name;
  }

  private String nextDryRun() {
    return "dry-run-" + ++dryRuns;
  }

  @Override
  public Restored restore(String name, TargetDocument target, RestorePurpose purpose) {
    apply(name, target);
    awaitComplete(name);
    return new Restored(name, target);
  }

  private void awaitComplete(String name) {
    narrator.command("kubectl wait pgr/" + name + " --for=condition=Complete --timeout=10m");
    List<String> told = new ArrayList<>();
    home()
        .await(
            "restore " + name + " is over",
            () -> {
              GenericKubernetesResource restore = restore(name);
              String phase = Objects.requireNonNullElse(text(restore, "phase"), "Pending");
              if (!told.contains(phase)) {
                told.add(phase);
                narrator.output(phase);
              }
              return OVER.contains(phase);
            });
    if (!home().condition(Home.RESTORES, name, "Complete").equals("True")) {
      throw new IllegalStateException(
          "restore %s: %s".formatted(name, text(restore(name), "message")));
    }
  }

  private void apply(String name, TargetDocument target) {
    narrator.command("kubectl apply -f examples/restore-to-volume.yaml  # " + yaml(target));
    home()
        .apply(
            examples()
                .read(
                    "restore-to-volume.yaml",
                    Map.of("name: restore-to-volume", "name: " + name, LATEST, yaml(target))));
  }

  private static String yaml(TargetDocument target) {
    return target.xid() == null ? LATEST : "xid: \"" + target.xid() + "\"";
  }

  @Override
  public Running look(Restored restored) {
    narrator.note("a pod with " + images.postgres() + " runs on the claim " + restored.name());
    String pod = home().look(restored.name(), images.postgres());
    PodDatabase database = PodDatabase.of(home(), pod);
    return new Running() {
      @Override
      public Database database() {
        return database;
      }

      @Override
      public void close() {
        database.close();
        home().endLook(restored.name());
      }
    };
  }

  /** One manifest restores once more and swaps: nothing of an earlier restore is needed. */
  @Override
  public Duration swapIn(Restored restored) {
    String target = yaml(restored.target());
    narrator.command("kubectl apply -f examples/restore-xid-635.yaml  # " + target);
    return swap(SWAP, Map.of("xid: \"635\"", target));
  }

  @Override
  public Duration undo(Restored restored) {
    narrator.command("kubectl apply -f examples/undo-restore-xid-635.yaml");
    return swap(UNDO, Map.of());
  }

  private Duration swap(String example, Map<String, String> changes) {
    home().apply(examples().read(example + ".yaml", changes));
    awaitComplete(example);
    GenericKubernetesResource restore = restore(example);
    narrator.command("kubectl get pvc");
    for (String claim : List.of("claim", "retainedClaim")) {
      String name = Objects.requireNonNull(text(restore, "swap", claim));
      narrator.output(name + "  " + home().volumeOf(name));
    }
    return Duration.ofSeconds(restore.<Number>get("status", "swap", "downtimeSeconds").longValue());
  }

  /** Runs the agent's command beside the agent, with what its pod mounts. */
  @Override
  public List<String> verify() {
    String name = "verify-" + UUID.randomUUID().toString().substring(0, 8);
    PodTemplateSpec agent =
        client
            .apps()
            .deployments()
            .inNamespace(home().name())
            .withName("pgbackup-" + POLICY)
            .get()
            .getSpec()
            .getTemplate();
    narrator.note("a pod like the agent's runs `pgbackup verify`: everything is read");
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withSpec(agent.getSpec())
            .editSpec()
            .withRestartPolicy("Never")
            .editFirstContainer()
            .withArgs("verify", "--config", "/etc/pgbackup/config/agent.yaml")
            .withStartupProbe(null)
            .withLivenessProbe(null)
            .withReadinessProbe(null)
            .endContainer()
            .endSpec()
            .build();
    home().apply(pod);
    List<String> over = List.of("Succeeded", "Failed");
    home().await("the check is over", () -> over.contains(phase(name)));
    String log = client.pods().inNamespace(home().name()).withName(name).getLog();
    narrator.output(log);
    return phase(name).equals("Succeeded") ? List.of() : List.of(log);
  }

  private String phase(String pod) {
    return Optional.ofNullable(client.pods().inNamespace(home().name()).withName(pod).get())
        .map(p -> p.getStatus().getPhase())
        .orElse("");
  }

  @Override
  public void stopProtecting() {
    narrator.command("kubectl delete pgbp/master");
    home().delete(Home.POLICIES, POLICY);
  }

  private GenericKubernetesResource policy() {
    return Objects.requireNonNull(home().get(Home.POLICIES, POLICY), "there is no policy");
  }

  private GenericKubernetesResource restore(String name) {
    return Objects.requireNonNull(
        home().get(Home.RESTORES, name), () -> "there is no restore " + name);
  }

  /** A text of a status; null if it is not there. */
  private static @Nullable String text(GenericKubernetesResource resource, String... path) {
    Object[] full = new Object[path.length + 1];
    full[0] = "status";
    System.arraycopy(path, 0, full, 1, path.length);
    return resource.get(full);
  }

  private static <T> T begun(@Nullable T what) {
    return Objects.requireNonNull(what, "the story has not begun");
  }

  /** Removes the namespace and all that is in it. */
  @Override
  public void close() {
    if (master != null) {
      master.close();
    }
    if (home != null) {
      narrator.note("namespace " + home.name() + " is deleted");
      home.close();
      home.awaitGone();
    }
  }
}
