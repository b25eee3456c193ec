package dev.pgbackup.e2e.restore;

import dev.pgbackup.e2e.Repository;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A page of instructions, which are followed to the letter. */
record Page(String text) {

  private static final Pattern MANIFEST = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");
  private static final Pattern EXEC =
      Pattern.compile("(?m)^ {4}kubectl exec (\\S+) -- (.*(?:\\n {6}.*)*)");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
  private static final long SECONDS = 60;

  static Page of(String name) {
    try {
      return new Page(Files.readString(Repository.path(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page with other names in it than those of an example. */
  Page with(String word, String by) {
    if (!text.contains(word)) {
      throw new IllegalArgumentException("the page does not say: " + word);
    }
    return new Page(text.replace(word, by));
  }

  /** Its first manifest. */
  GenericKubernetesResource manifest() {
    return Serialization.unmarshal(
        MANIFEST.matcher(text).results().findFirst().orElseThrow().group(1),
        GenericKubernetesResource.class);
  }

  /**
   * Runs each {@code kubectl exec} of it.
   *
   * @return what they have written, in their order
   */
  List<String> run(Home home) {
    return EXEC.matcher(text)
        .results()
        .map(command -> run(home, command.group(1), "postgres", words(command.group(2))))
        .toList();
  }

  /** The words of a command line, without any of the shell's but simple quotes. */
  static String[] words(String line) {
    return WORD.matcher(line).results().map(Page::word).toArray(String[]::new);
  }

  private static String word(MatchResult word) {
    return word.group(1) == null ? word.group(2) : word.group(1);
  }

  /**
   * Runs a command in a container.
   *
   * @return what it has written
   */
  static String run(Home home, String pod, String container, String... command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ExecWatch exec =
        home.client()
            .pods()
            .inNamespace(home.name())
            .withName(pod)
            .inContainer(container)
            .writingOutput(out)
            .writingError(out)
            .exec(command)) {
      int code = exec.exitCode().get(SECONDS, TimeUnit.SECONDS);
      String said = out.toString(StandardCharsets.UTF_8);
      if (code != 0) {
        throw new IllegalStateException("exit code " + code + ": " + said);
      }
      return said;
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
