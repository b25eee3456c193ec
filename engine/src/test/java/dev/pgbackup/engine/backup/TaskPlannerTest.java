package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Files are cut into tasks")
class TaskPlannerTest {

  private static final long GIB = 1L << 30;

  @Test
  void a_large_file_is_read_by_many_workers() {
    List<CopyTask> tasks = plan(List.of(file("big", GIB + 5)), List.of());

    assertThat(tasks).hasSize(33);
    assertThat(tasks.get(32).parts())
        .singleElement()
        .satisfies(
            part -> {
              assertThat(part.from()).isEqualTo(GIB);
              assertThat(part.to()).isEqualTo(GIB + 5);
              assertThat(part.isLast()).isTrue();
            });
  }

  @Test
  void many_small_files_are_read_by_one_statement() {
    List<SourceFile> files = new ArrayList<>();
    for (int i = 0; i < 1200; i++) {
      files.add(file("small" + i, i % 3 == 0 ? 0 : 8192));
    }

    List<CopyTask> tasks = plan(files, List.of());

    assertThat(tasks).hasSize(3);
    assertThat(tasks.get(0).parts()).hasSize(TaskPlanner.MOST_PARTS);
  }

  @Test
  void each_piece_comes_with_what_the_previous_backup_has_in_its_place() {
    List<Chunk> earlier = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      earlier.add(new Chunk(Chunk.SIZE, "hash" + i, 0, i, 1, Chunk.Encoding.Raw));
    }

    List<CopyTask> tasks = plan(List.of(file("f", 50L * Chunk.SIZE)), earlier);

    assertThat(tasks.get(0).parts().get(0).earlier()).isEqualTo(earlier.subList(0, 32));
    assertThat(tasks.get(1).parts().get(0).earlier()).isEqualTo(earlier.subList(32, 40));
  }

  @Property
  @Label("the pieces of a file are the file, and no task is too large")
  void pieces_add_up(@ForAll @Size(max = 50) List<@LongRange(max = 100L * Chunk.SIZE) Long> sizes) {
    List<SourceFile> files = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      files.add(file("file" + i, sizes.get(i)));
    }

    List<CopyTask> tasks = plan(files, Collections.nCopies(10, Chunk.zeros(Chunk.SIZE)));

    long position = 0;
    int next = 0;
    for (CopyTask task : tasks) {
      assertThat(task.parts()).isNotEmpty().hasSizeLessThanOrEqualTo(TaskPlanner.MOST_PARTS);
      assertThat(task.parts().stream().mapToLong(FilePart::length).sum())
          .isLessThanOrEqualTo(TaskPlanner.MOST_BYTES);
      for (FilePart part : task.parts()) {
        assertThat(part.file()).isEqualTo(files.get(next));
        assertThat(part.from()).isEqualTo(position);
        assertThat(part.from() % Chunk.SIZE).isZero();
        assertThat(part.isFirst()).isEqualTo(position == 0);
        position = part.to();
        if (part.isLast()) {
          assertThat(position).isEqualTo(files.get(next).size());
          position = 0;
          next++;
        }
      }
    }
    assertThat(next).isEqualTo(files.size());
  }

  private static SourceFile file(String path, long size) {
    return new SourceFile(path, Kind.File, size, Optional.empty());
  }

  private static List<CopyTask> plan(List<SourceFile> files, List<Chunk> earlier) {
    List<CopyTask> tasks = new ArrayList<>();
    TaskPlanner planner = new TaskPlanner(file -> earlier, tasks::add);
    files.forEach(planner);
    planner.finish();
    return tasks;
  }
}
