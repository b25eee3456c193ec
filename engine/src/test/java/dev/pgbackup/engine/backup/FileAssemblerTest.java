package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.archive.format.FileEntry.Kind;
import dev.pgbackup.engine.backup.CopiedPart.State;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("B2: pieces of a file that changed while it was read make a file")
class FileAssemblerTest {

  private static final SourceFile FILE =
      new SourceFile("base/5/1", Kind.File, 3L * Chunk.SIZE, Optional.empty());
  private static final Chunk FULL = chunk(Chunk.SIZE);

  private final FileAssembler assembler = new FileAssembler();

  @Test
  void whole() {
    assertThat(add(0, State.Whole, FULL)).isEmpty();
    assertThat(add(1, State.Whole, FULL)).isEmpty();

    assertThat(add(2, State.Whole, FULL))
        .hasValueSatisfying(
            file -> {
              assertThat(file.size()).isEqualTo(3L * Chunk.SIZE);
              assertThat(file.chunks()).containsExactly(FULL, FULL, FULL);
            });
  }

  @Test
  void truncated_and_extended_again_it_ends_where_it_was_cut() {
    Chunk rest = chunk(8192);
    add(0, State.Whole, FULL);
    add(1, State.CutShort, rest);

    assertThat(add(2, State.Whole, FULL))
        .hasValueSatisfying(
            file -> {
              assertThat(file.size()).isEqualTo(Chunk.SIZE + 8192);
              assertThat(file.chunks()).containsExactly(FULL, rest);
            });
  }

  @Test
  void removed_before_it_was_come_to_it_is_not_there() {
    add(0, State.Gone);
    add(1, State.Gone);

    assertThat(add(2, State.Gone)).isEmpty();
  }

  @Test
  void removed_later_it_ends_there() {
    add(0, State.Whole, FULL);
    add(1, State.Gone);

    assertThat(add(2, State.Gone))
        .hasValueSatisfying(file -> assertThat(file.chunks()).containsExactly(FULL));
  }

  @Test
  void removed_and_made_again_while_it_was_read_it_is_not_there() {
    add(0, State.Gone);
    add(1, State.Whole, FULL);

    assertThat(add(2, State.Whole, FULL)).isEmpty();
  }

  @Test
  void one_file_does_not_leave_traces_in_the_next() {
    add(0, State.CutShort);
    add(1, State.Gone);
    add(2, State.Gone);
    add(0, State.Whole, FULL);
    add(1, State.Whole, FULL);

    assertThat(add(2, State.Whole, FULL))
        .hasValueSatisfying(file -> assertThat(file.chunks()).hasSize(3));
  }

  private Optional<FileEntry> add(int piece, State state, Chunk... chunks) {
    FilePart part =
        new FilePart(FILE, (long) piece * Chunk.SIZE, (piece + 1L) * Chunk.SIZE, List.of());
    return assembler.add(new CopiedPart(part, state, List.of(chunks)));
  }

  private static Chunk chunk(int size) {
    return new Chunk(size, "hash", 0, 0, size, Chunk.Encoding.Raw);
  }
}
