package dev.pgbackup.engine.postgres.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import org.junit.jupiter.api.Test;

class BackupLabelTest {

  /** As PostgreSQL 15 wrote it. */
  private static final String TEXT =
      """
      START WAL LOCATION: 0/9000028 (file 000000020000000000000009)
      CHECKPOINT LOCATION: 0/9000060
      BACKUP METHOD: streamed
      BACKUP FROM: primary
      START TIME: 2026-11-22 14:03:07 UTC
      LABEL: pgbackup: START TIMELINE: 7
      START TIMELINE: 2
      """;

  @Test
  void readsWhatRecoveryNeeds() {
    BackupLabel label = BackupLabel.parse(TEXT);
    assertThat(label.start()).isEqualTo(Lsn.parse("0/9000028"));
    assertThat(label.startFile()).isEqualTo("000000020000000000000009");
    assertThat(label.checkpoint()).isEqualTo(Lsn.parse("0/9000060"));
    assertThat(label.timeline()).isEqualTo(new Timeline(2));
    assertThat(label.startTime()).isEqualTo("2026-11-22 14:03:07 UTC");
    assertThat(label.label()).isEqualTo("pgbackup: START TIMELINE: 7");
    assertThat(label.fromStandby()).isFalse();
  }

  @Test
  void refusesWhatRecoveryWouldRefuse() {
    assertThatThrownBy(() -> BackupLabel.parse(TEXT.replace("CHECKPOINT LOCATION", "X")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CHECKPOINT LOCATION");
    assertThatThrownBy(() -> BackupLabel.parse(TEXT.replace("(file", "file")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BackupLabel.parse(TEXT.replace("TIMELINE: 2", "TIMELINE: two")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
