package dev.pgbackup.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A directory that is moved up into the volume's root")
class LiftTest {

  @TempDir Path volume;
  private Path directory;
  private Lift lift;

  @BeforeEach
  void restored() throws IOException {
    directory = Files.createDirectories(volume.resolve(".restored"));
    write(directory.resolve("PG_VERSION"), "17");
    write(directory.resolve("base/1/1259"), "relation");
    write(directory.resolve("global/pg_control"), "control");
    lift = new Lift(directory);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(volume)) {
      return entries.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  @DisplayName("is there as a whole, and nothing else is")
  void moved() throws IOException {
    lift.run("report");
    assertThat(names()).containsExactly("PG_VERSION", "base", "global");
    assertThat(volume.resolve("base/1/1259")).hasContent("relation");
    assertThat(lift.begun()).isEmpty();
  }

  @Test
  @DisplayName(
      "B12 cut off in the middle is finished by the next run, with what was to be reported")
  void cutOff() throws IOException {
    write(volume.resolve(".pgbackup-lift"), "report");
    Files.move(directory.resolve("PG_VERSION"), volume.resolve("PG_VERSION"));
    assertThat(lift.begun()).contains("report");
    lift.run("report");
    assertThat(names()).containsExactly("PG_VERSION", "base", "global");
  }

  @Test
  @DisplayName("B12 cut off after the last move, only the note is taken away")
  void cutOffAtTheEnd() throws IOException {
    lift.run("report");
    write(volume.resolve(".pgbackup-lift"), "report");
    lift.run("report");
    assertThat(names()).containsExactly("PG_VERSION", "base", "global");
    assertThat(volume.resolve("global/pg_control")).hasContent("control");
  }

  @Test
  @DisplayName("takes the place of what an earlier try left there")
  void replaces() throws IOException {
    write(volume.resolve("base/9/stale"), "old");
    lift.run("report");
    assertThat(volume.resolve("base/9")).doesNotExist();
    assertThat(volume.resolve("base/1/1259")).hasContent("relation");
  }
}
