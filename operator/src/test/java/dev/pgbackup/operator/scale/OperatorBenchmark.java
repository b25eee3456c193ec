package dev.pgbackup.operator.scale;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.pod.AgentContainer;
import dev.pgbackup.operator.pod.ConfigText;
import dev.pgbackup.operator.pod.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The operator as it is shipped, in a JVM with 256 MiB of heap, with many policies whose databases
 * are quiet: its first start, which makes all agents and all records; a quiet while; and a second
 * start, which finds everything as it should be.
 *
 * <p>Arguments: quarkus-run.jar, policies (1,000), records of each (5), seconds of a quiet while
 * (60).
 */
final class OperatorBenchmark implements AutoCloseable {

  private static final int NAMESPACES = 20;
  private static final Duration LONGEST_START = Duration.ofMinutes(20);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path jar;
  private final int policies;
  private final int records;
  private final Duration quietTime;
  private final SimulatedApi api;
  private final SimulatedAgents agents;
  private final int port = freePort();

  private OperatorBenchmark(Path jar, int policies, int records, Duration quietTime)
      throws IOException {
    this.jar = jar;
    this.policies = policies;
    this.records = records;
    this.quietTime = quietTime;
    this.api = new SimulatedApi(documents(), this::runPod);
    this.agents = new SimulatedAgents(this::status, ip -> backups());
  }

  public static void main(String[] arguments) throws Exception {
    // Else each answer waits for the acknowledgement of the one before.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try (OperatorBenchmark benchmark =
        new OperatorBenchmark(
            Path.of(arguments[0]),
            argument(arguments, 1, 1_000),
            argument(arguments, 2, 5),
            Duration.ofSeconds(argument(arguments, 3, 60)))) {
      benchmark.run();
    }
  }

  private static int argument(String[] arguments, int index, int otherwise) {
    return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
  }

  private void run() throws Exception {
    api.create("secrets", key());
    for (int i = 0; i < policies; i++) {
      database(i);
    }
    System.out.printf(
        "%d policies, %d records, %d namespaces; -Xmx256m%n",
        policies, policies * records, NAMESPACES);
    session("first start");
    session("second start");
  }

  private void session(String title) throws Exception {
    Map<String, Long> before = api.calls();
    long start = System.nanoTime();
    Process operator = start();
    try {
      await(operator);
      System.out.printf(
          "%n%s: all reconciled and Ready, all records there, after %.0f s%n",
          title, (System.nanoTime() - start) / 1e9);
      System.out.println("  requests of it:        " + rates(before, 1));
      System.out.println("  heap after GC:         " + heap(operator) + " MiB");
      // What one status may be held back for.
      TimeUnit.SECONDS.sleep(35);
      quiet(operator);
    } finally {
      operator.destroy();
      operator.waitFor();
    }
  }

  private void quiet(Process operator) throws Exception {
    Map<String, Long> before = api.calls();
    double reconciled = reconciliations();
    long asked = agents.calls();
    TimeUnit.SECONDS.sleep(quietTime.toSeconds());
    double seconds = quietTime.toSeconds();
    System.out.printf("  quiet, for %.0f s%n", seconds);
    System.out.println("    requests per second: " + rates(before, seconds));
    System.out.printf(
        "    status writes/min:   %.1f%n",
        api.calls().entrySet().stream()
                .filter(e -> e.getKey().endsWith(" status"))
                .mapToLong(e -> e.getValue() - before.getOrDefault(e.getKey(), 0L))
                .sum()
            * 60
            / seconds);
    System.out.printf(
        "    reconciles/s:        %.1f%n", (reconciliations() - reconciled) / seconds);
    System.out.printf(
        "    calls of agents/s:   %.1f, never more than %d at one time%n",
        (agents.calls() - asked) / seconds, agents.mostAtOneTime());
    System.out.println("    heap after GC:       " + heap(operator) + " MiB");
  }

  private String rates(Map<String, Long> before, double seconds) {
    Map<String, Double> rates = new TreeMap<>();
    api.calls()
        .forEach((verb, sum) -> rates.put(verb, (sum - before.getOrDefault(verb, 0L)) / seconds));
    return rates.entrySet().stream()
        .filter(e -> e.getValue() > 0)
        .map(e -> "%s %.1f".formatted(e.getKey(), e.getValue()))
        .collect(joining(", "));
  }

  private static Map<String, String> documents() {
    String version = HasMetadata.getApiVersion(PgBackupPolicy.class);
    String kinds =
        Stream.of(PgBackupPolicy.class, PgBackup.class, PgRestore.class)
            .map(
                type ->
                    "{\"kind\":\"%s\",\"name\":\"%s\",\"namespaced\":true,\"verbs\":[]}"
                        .formatted(HasMetadata.getKind(type), HasMetadata.getPlural(type)))
            .collect(joining(","));
    return Map.of(
        "/version",
        "{\"major\":\"1\",\"minor\":\"31\"}",
        "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
        "{\"status\":{\"resourceRules\":[{\"verbs\":[\"*\"],\"apiGroups\":[\"*\"],\"resources\":[\"*\"]}]}}",
        "/apis/" + version,
        "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"%s\",\"resources\":[%s]}"
            .formatted(version, kinds));
  }

  private static HasMetadata key() {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("pgbackup-system")
        .withName("pgbackup-operator-key")
        .endMetadata()
        .build();
  }

  private void database(int number) {
    for (HasMetadata object : Manifests.master()) {
      api.create(HasMetadata.getPlural(object.getClass()), named(object, number));
    }
    api.create("pgbackuppolicies", named(Manifests.policy(), number));
  }

  private static <T extends HasMetadata> T named(T object, int number) {
    String text =
        Manifests.write(object)
            .replace("master", "db-" + number)
            .replace("everything", "everything-" + number)
            .replace("shop", "shop-" + number % NAMESPACES);
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) object.getClass();
    return Manifests.read(text, type);
  }

  /** Plays the controllers and the kubelet: the agent of a Deployment runs at once. */
  private void runPod(ObjectNode created) {
    String policy = created.path("metadata").path("labels").path(Names.POLICY_LABEL).asText("");
    if (policy.isEmpty() || !created.path("kind").asText().equals("Deployment")) {
      return;
    }
    int number = Integer.parseInt(policy.substring("db-".length()));
    api.create(
        "pods",
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(created.path("metadata").path("namespace").asText())
            .withName(Names.agent(policy) + "-x")
            .withLabels(Names.agentLabels(policy))
            .endMetadata()
            .withSpec(
                Serialization.jsonMapper()
                    .convertValue(
                        created.path("spec").path("template").path("spec"),
                        io.fabric8.kubernetes.api.model.PodSpec.class))
            .withNewStatus()
            .withPodIP("127.1.%d.%d".formatted(number / 250, 1 + number % 250))
            .addNewContainerStatus()
            .withName(AgentContainer.NAME)
            .withNewState()
            .withNewRunning()
            .endRunning()
            .endState()
            .endContainerStatus()
            .endStatus()
            .build());
  }

  private Object status(String ip) {
    int[] parts = Arrays.stream(ip.split("\\.")).mapToInt(Integer::parseInt).toArray();
    int number = parts[2] * 250 + parts[3] - 1;
    ObjectNode config =
        Objects.requireNonNull(
            api.get("configmaps", "shop-" + number % NAMESPACES, Names.agent("db-" + number)));
    String text = config.path("data").path(AgentContainer.CONFIG_FILE).asText();
    return AgentStatuses.streaming(new ConfigText(text).hash());
  }

  private BackupList backups() {
    return AgentStatuses.list(
        Stream.iterate(records - 1, i -> i >= 0, i -> i - 1)
            .map(i -> AgentStatuses.document("20261122T1200%02dZ-3fa9".formatted(i), "Scheduled"))
            .toArray(BackupDocument[]::new));
  }

  private Process start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-jar",
            jar.toString());
    builder
        .environment()
        .putAll(
            Map.of(
                "QUARKUS_KUBERNETES_CLIENT_API_SERVER_URL", api.url(),
                "KUBERNETES_AUTH_TRYKUBECONFIG", "false",
                "QUARKUS_HTTP_PORT", Integer.toString(port),
                "PGBACKUP_AGENT_PORT", Integer.toString(agents.port()),
                "HOSTNAME", "benchmark"));
    File log = jar.getParent().resolveSibling("operator-benchmark.log").toFile();
    return builder.redirectErrorStream(true).redirectOutput(log).start();
  }

  private void await(Process operator) throws Exception {
    long end = System.nanoTime() + LONGEST_START.toNanos();
    while (!isDone()) {
      if (!operator.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("The operator has ended, or will not: see its log.");
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private boolean isDone() throws Exception {
    return reconciliations() >= policies
        && api.all("pgbackuppolicies").stream().allMatch(OperatorBenchmark::isReady)
        && api.all("pgbackups").stream().filter(backup -> backup.has("status")).count()
            == (long) policies * records;
  }

  private static boolean isReady(ObjectNode policy) {
    return Stream.iterate(0, i -> i + 1)
        .limit(policy.path("status").path("conditions").size())
        .map(i -> policy.path("status").path("conditions").path(i))
        .anyMatch(
            c ->
                c.path("type").asText().equals("Ready")
                    && c.path("status").asText().equals("True"));
  }

  /** Those of policies, ended well. */
  private double reconciliations() throws Exception {
    return metric("reconciliations_success_total", "policies");
  }

  private long heap(Process operator) throws Exception {
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(operator.pid()),
            "GC.run")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    return (long) metric("jvm_memory_used_bytes", "area=\"heap\"") >> 20;
  }

  private double metric(String name, String label) throws Exception {
    try {
      String page =
          HTTP.send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      return page.lines()
          .filter(line -> line.startsWith(name) && line.contains(label))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      // It does not listen yet.
      return 0;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    agents.close();
    api.close();
  }
}
