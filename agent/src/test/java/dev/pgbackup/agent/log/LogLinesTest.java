package dev.pgbackup.agent.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pgbackup.contract.config.LogConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@DisplayName("Log lines")
class LogLinesTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @AfterEach
  void back() {
    LogSettings.use(new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.WARN), System.err);
  }

  @Test
  @DisplayName("are one JSON document each on request, whatever is in the message")
  void json() throws Exception {
    use(LogConfig.Format.JSON, LogConfig.Level.INFO);
    Logger log = LoggerFactory.getLogger("dev.pgbackup.engine.wal.WalArchiver");

    log.info("slot {} said \"{}\"\n\ttwice\u0001", "ä", 7);
    log.warn("it failed", new IllegalStateException("why"));

    String[] lines = text().split("\n");
    assertThat(lines).hasSize(2);
    JsonNode first = new ObjectMapper().readTree(lines[0]);
    assertThat(Instant.parse(first.get("time").asText())).isBeforeOrEqualTo(Instant.now());
    assertThat(first.get("level").asText()).isEqualTo("INFO");
    assertThat(first.get("logger").asText()).isEqualTo("dev.pgbackup.engine.wal.WalArchiver");
    assertThat(first.get("message").asText()).isEqualTo("slot ä said \"7\"\n\ttwice\u0001");
    assertThat(new ObjectMapper().readTree(lines[1]).get("exception").asText())
        .contains("IllegalStateException: why", "\n\tat ");
  }

  @Test
  @DisplayName("are text otherwise")
  void plain() {
    use(LogConfig.Format.TEXT, LogConfig.Level.INFO);

    LoggerFactory.getLogger("dev.pgbackup.engine.wal.WalArchiver").warn("behind by {} bytes", 5);

    assertThat(text())
        .matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z WARN  WalArchiver: behind by 5 bytes\n");
  }

  @Test
  @DisplayName("come from us as configured, and from libraries only when something is wrong")
  void levels() {
    use(LogConfig.Format.TEXT, LogConfig.Level.INFO);
    LoggerFactory.getLogger("dev.pgbackup.a.Ours").debug("no");
    LoggerFactory.getLogger("dev.pgbackup.a.Ours").info("yes");
    LoggerFactory.getLogger("software.amazon.Theirs").info("no");
    LoggerFactory.getLogger("software.amazon.Theirs").warn("yes");

    assertThat(text().lines()).hasSize(2).allMatch(line -> line.endsWith("yes"));
  }

  private void use(LogConfig.Format format, LogConfig.Level level) {
    LogSettings.use(
        new LogConfig(format, level), new PrintStream(bytes, true, StandardCharsets.UTF_8));
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
