package dev.pgbackup.agent.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.Review;
import dev.pgbackup.engine.restore.replay.PausedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A server at its target that waits to be approved")
class ApprovalTest {

  private static final PausedServer SERVER = new PausedServer(5432, "postgres");

  @TempDir Path folder;
  private final List<PausedServer> told = new CopyOnWriteArrayList<>();

  private Approval approval(Review before) {
    return new Approval(before, folder.resolve("approved"), told::add);
  }

  @Test
  @DisplayName("is told of, and promoted when the file is there, not before")
  void waits() throws IOException {
    CompletableFuture<Review.Decision> decision =
        CompletableFuture.supplyAsync(
            () -> approval(server -> Review.Decision.Promote).look(SERVER));
    Awaitility.await().until(() -> told.contains(SERVER));
    assertThat(decision).isNotDone();
    Files.createFile(folder.resolve("approved"));
    assertThat(decision).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Review.Decision.Promote);
  }

  @Test
  @DisplayName("is not waited with where a check has failed")
  void checksFirst() throws IOException {
    Files.createFile(folder.resolve("approved"));
    Review failing =
        server -> {
          throw new EngineException(Reason.ChecksFailed, "orders (it returns false)");
        };
    assertThatThrownBy(() -> approval(failing).look(SERVER)).hasMessageContaining("orders");
    assertThat(told).isEmpty();
  }
}
