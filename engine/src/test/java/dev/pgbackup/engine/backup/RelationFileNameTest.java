package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.backup.RelationFileName.Fork;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The names of relations' files")
class RelationFileNameTest {

  @Test
  void every_form() {
    assertThat(RelationFileName.parse("16384"))
        .contains(new RelationFileName(false, 16384, Fork.Main, 0));
    assertThat(RelationFileName.parse("16384.17"))
        .contains(new RelationFileName(false, 16384, Fork.Main, 17));
    assertThat(RelationFileName.parse("4294967295_fsm.1"))
        .contains(new RelationFileName(false, 4294967295L, Fork.FreeSpace, 1));
    assertThat(RelationFileName.parse("16384_vm"))
        .contains(new RelationFileName(false, 16384, Fork.Visibility, 0));
    assertThat(RelationFileName.parse("16384_init"))
        .contains(new RelationFileName(false, 16384, Fork.Init, 0));
    assertThat(RelationFileName.parse("t12_16384_fsm"))
        .contains(new RelationFileName(true, 16384, Fork.FreeSpace, 0));
  }

  @Test
  void other_files() {
    for (String name :
        new String[] {"PG_VERSION", "pg_filenode.map", "16384_toast", "16384.", "t_1", "1.a", ""}) {
      assertThat(RelationFileName.parse(name)).as(name).isEmpty();
    }
  }

  @Test
  void pages_are_numbered_through_all_segments() {
    assertThat(RelationFileName.parse("16384.2").orElseThrow().firstPage()).isEqualTo(262_144);
  }
}
