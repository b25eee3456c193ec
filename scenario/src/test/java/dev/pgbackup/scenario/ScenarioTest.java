package dev.pgbackup.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A story that goes wrong says so")
class ScenarioTest {

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();
  private final Narrator narrator =
      new Narrator(new PrintStream(told, true, StandardCharsets.UTF_8), false);

  @Test
  void theFirstFailureEndsItAndTheRestIsNotReached() {
    Outcome outcome = played(where("startMaster", new IllegalStateException("no disk")));

    assertThat(outcome.succeeded()).isFalse();
    assertThat(outcome.failure()).hasMessage("no disk");
    assertThat(outcome.rows()).containsEntry(Row.KEYS, Verdict.FAILED);
    assertThat(outcome.rows().values())
        .filteredOn(Verdict.NOT_REACHED::equals)
        .hasSize(Row.values().length - 1);
    assertThat(told.toString(StandardCharsets.UTF_8)).contains("FAILED no disk");
  }

  @Test
  void theTableNamesEveryRow() {
    narrator.end(played(where("startMaster", new IllegalStateException("no disk"))), Duration.ZERO);

    String table = told.toString(StandardCharsets.UTF_8);
    for (Row row : Row.values()) {
      assertThat(table).contains(row.sentence());
    }
    assertThat(table).contains("0 of 13 rows work").doesNotContain("\u001b");
  }

  private Outcome played(Environment environment) {
    return new Scenario(environment, narrator, Ending.POLICY_GOES).play();
  }

  /** An environment in which one thing fails. */
  private Environment where(String method, RuntimeException failure) {
    return (Environment)
        Proxy.newProxyInstance(
            Environment.class.getClassLoader(),
            new Class<?>[] {Environment.class},
            (proxy, called, arguments) -> {
              if (called.getName().equals(method)) {
                throw failure;
              }
              throw new UnsupportedOperationException(called.getName());
            });
  }
}
