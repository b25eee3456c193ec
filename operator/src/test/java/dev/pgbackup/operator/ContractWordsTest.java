package dev.pgbackup.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.crds.backup.BackupPhase;
import dev.pgbackup.crds.policy.PgBackupPolicyStatus.ArchivingState;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What an agent says has a word in the custom resources")
class ContractWordsTest {

  /** How each side calls what a newer other side says. */
  private static final List<String> OF_THE_FUTURE = List.of("Unknown", "Unrecognized");

  private static List<String> words(Enum<?>[] values) {
    return Arrays.stream(values)
        .map(Enum::name)
        .filter(word -> !OF_THE_FUTURE.contains(word))
        .toList();
  }

  @Test
  @DisplayName("the states of archiving, each of them and no other")
  void archiving() {
    assertThat(words(ArchivingState.values()))
        .containsExactlyElementsOf(words(ArchivingStatus.State.values()));
  }

  @Test
  @DisplayName("the phases of a backup")
  void backups() {
    assertThat(words(BackupPhase.values())).containsAll(words(BackupProgressStatus.Phase.values()));
  }
}
