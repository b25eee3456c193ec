package dev.pgbackup.operator.workload;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The container of a workload that runs PostgreSQL. */
public record PostgresContainer(Container container) {

  static final int DEFAULT_PORT = 5432;

  private static final Set<String> ENVIRONMENT =
      Set.of(
          "POSTGRES_PASSWORD",
          "POSTGRES_PASSWORD_FILE",
          "POSTGRES_HOST_AUTH_METHOD",
          "POSTGRES_INITDB_ARGS",
          "PGDATA");
  private static final String SERVER = "postgres";
  private static final Pattern SETTING =
      Pattern.compile("(?:-c|--)(?<name>[A-Za-z_][A-Za-z0-9_.-]*)=(?<value>.*)");
  private static final List<String> SERVERS =
      List.of("postgres", "postgis", "timescale", "pgvector");
  private static final List<String> COMPANIONS =
      List.of("exporter", "bouncer", "pgpool", "pgcat", "backup", "adminer");

  /**
   * Finds it: by name, or by environment, port and image.
   *
   * @param name as a policy gives it
   * @throws UnsuitableTarget if there is none, or more than one could be meant
   */
  public static PostgresContainer find(Workload workload, @Nullable String name) {
    List<Container> all = workload.podSpec().getContainers();
    if (name != null) {
      return all.stream()
          .filter(c -> c.getName().equals(name))
          .findFirst()
          .map(PostgresContainer::new)
          .orElseThrow(
              () ->
                  UnsuitableTarget.unsupported(
                      "%s has no container \"%s\"; it has %s. Correct target.container."
                          .formatted(workload.describe(), name, names(all))));
    }
    List<Container> likely =
        all.stream().filter(PostgresContainer::looksLikePostgres).collect(Collectors.toList());
    if (likely.size() == 1) {
      return new PostgresContainer(likely.get(0));
    }
    if (likely.isEmpty() && all.size() == 1) {
      return new PostgresContainer(all.get(0));
    }
    throw UnsuitableTarget.unsupported(
        likely.isEmpty()
            ? "None of the containers of %s (%s) looks like PostgreSQL: no POSTGRES_* in its environment, no port 5432, no image of that name. Say which one it is in target.container."
                .formatted(workload.describe(), names(all))
            : "More than one container of %s could be PostgreSQL: %s. Say which one it is in target.container."
                .formatted(workload.describe(), names(likely)));
  }

  private static boolean looksLikePostgres(Container container) {
    String image = repository(container.getImage());
    if (COMPANIONS.stream().anyMatch(image::contains)) {
      return false;
    }
    return container.getEnv().stream().anyMatch(e -> ENVIRONMENT.contains(e.getName()))
        || container.getPorts().stream().anyMatch(p -> isPostgresPort(p))
        || SERVERS.stream().anyMatch(image::contains);
  }

  /** The last part of an image's name, without tag and digest. */
  private static String repository(@Nullable String image) {
    if (image == null) {
      return "";
    }
    String path = image.substring(image.lastIndexOf('/') + 1);
    return path.split("[:@]", 2)[0].toLowerCase(Locale.ROOT);
  }

  private static boolean isPostgresPort(ContainerPort port) {
    return port.getContainerPort() != null && port.getContainerPort() == DEFAULT_PORT;
  }

  private static String names(List<Container> containers) {
    return containers.stream().map(Container::getName).collect(Collectors.joining(", "));
  }

  public String name() {
    return container.getName();
  }

  public String image() {
    return container.getImage();
  }

  /** The TCP port that PostgreSQL listens on. */
  public int port() {
    return literal("PGPORT")
        .filter(text -> text.matches("[0-9]{1,5}"))
        .map(Integer::parseInt)
        .orElse(DEFAULT_PORT);
  }

  /**
   * Settings that its command line gives to the server, such as {@code -c work_mem=64MB}: without
   * those that name files, which others do not have, and those with variables in them.
   */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> options = options();
    for (int i = 0; i < options.size(); i++) {
      boolean apart = options.get(i).equals("-c") && i + 1 < options.size();
      String option = apart ? "-c" + options.get(++i) : options.get(i);
      Matcher setting = SETTING.matcher(option);
      if (setting.matches()
          && !setting.group("name").endsWith("_file")
          && !setting.group("value").contains("$(")) {
        settings.put(setting.group("name").replace('-', '_'), setting.group("value"));
      }
    }
    return settings;
  }

  /** What stands behind {@code postgres}, or is handed to the image's own command. */
  private List<String> options() {
    List<String> words =
        Stream.of(container.getCommand(), container.getArgs()).flatMap(List::stream).toList();
    if (container.getCommand().isEmpty() && !words.isEmpty() && words.get(0).startsWith("-")) {
      return words;
    }
    return words.stream()
        .dropWhile(word -> !word.equals(SERVER) && !word.endsWith("/" + SERVER))
        .skip(1)
        .toList();
  }

  /** What a variable of its environment says, if the pod's template says it in plain. */
  Optional<String> literal(String variable) {
    return variable(variable).map(EnvVar::getValue);
  }

  Optional<EnvVar> variable(String name) {
    return container.getEnv().stream().filter(e -> e.getName().equals(name)).findFirst();
  }
}
