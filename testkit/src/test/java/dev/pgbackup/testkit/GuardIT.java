package dev.pgbackup.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Testkit: servers end with the JVM that started them")
class GuardIT {

  /** Starts a server, tells its process and folder, and waits to be killed. */
  static final class Starter {

    private Starter() {}

    public static void main(String[] arguments) throws Exception {
      PostgresServer server = PostgresServer.builder(PostgresBinaries.of(16)).create();
      Path data = server.dataDirectory();
      System.out.println(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
      System.out.println(data.getParent());
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  @Test
  void a_killed_jvm_leaves_no_server_and_no_folder() throws Exception {
    Process starter =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Starter.class.getName()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader told = starter.inputReader(StandardCharsets.UTF_8)) {
      ProcessHandle server = ProcessHandle.of(Long.parseLong(told.readLine())).orElseThrow();
      Path folder = Path.of(told.readLine());
      assertThat(Commands.isRunning(server)).isTrue();
      assertThat(folder).isDirectory();

      starter.destroyForcibly();

      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                assertThat(Commands.isRunning(server)).isFalse();
                assertThat(folder).doesNotExist();
              });
    } finally {
      starter.destroyForcibly();
    }
  }
}
