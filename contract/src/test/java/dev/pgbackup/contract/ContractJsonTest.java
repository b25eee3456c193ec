package dev.pgbackup.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.report.ArchivedWalReport;
import dev.pgbackup.contract.report.FindDocument;
import dev.pgbackup.contract.report.PruneDocument;
import dev.pgbackup.contract.report.VerifyDocument;
import dev.pgbackup.contract.restore.CheckList;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.contract.restore.RestoreStatus;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.contract.status.Pause;
import dev.pgbackup.contract.status.PauseRequest;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.contract.status.SwapRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Documents of the contract")
class ContractJsonTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        AgentConfig.class,
        AgentStatus.class,
        BackupList.class,
        BackupProgressStatus.class,
        BackupRequest.class,
        FlushResult.class,
        Pause.class,
        PauseRequest.class,
        SwapRequest.class,
        SwapPreparation.class,
        CheckList.class,
        ArchivedWalReport.class,
        PlanRequest.class,
        PlanDocument.class,
        Refusal.class,
        RestoreReport.class,
        RestoreStatus.class,
        VerifyDocument.class,
        PruneDocument.class,
        FindDocument.class
      })
  @DisplayName("are read back as they were written, every field of them")
  void roundTrip(Class<?> type) {
    Object document = Samples.full(type);

    assertThat((Object) ContractJson.read(ContractJson.write(document), type)).isEqualTo(document);
    assertThat((Object) ContractJson.read(ContractJson.writePretty(document), type))
        .isEqualTo(document);
  }

  @Test
  @DisplayName("have the field names of the custom resources")
  void names() {
    assertThat(ContractJson.write(Samples.full(AgentStatus.class)))
        .contains(
            "\"archiveId\":",
            "\"systemIdentifier\":",
            "\"walSegmentSize\":",
            "\"receivedLSN\":",
            "\"durableLSN\":",
            "\"fromLSN\":",
            "\"toLSN\":",
            "\"lastXid\":",
            "\"firstRecoverabilityPoint\":",
            "\"latestRestorableTime\":\"2026-11-22T14:03:27.123456Z\"",
            "\"nextBackupTime\":");
    assertThat(ContractJson.write(Samples.full(RestoreStatus.class)))
        .contains("\"targetLSN\":", "\"replayLSN\":", "\"baseBytesDone\":");
  }

  @Test
  @DisplayName("leave out what is not known")
  void absent() {
    assertThat(ContractJson.write(new BackupRequest(1, null, null))).isEqualTo("{\"version\":1}");
  }

  @Test
  @DisplayName("are read although they have fields and values of a newer program")
  void lenient() {
    ArchivingStatus status =
        ContractJson.read(
            "{\"state\":\"Levitating\",\"lagBytes\":3,\"altitude\":{\"metres\":[2]}}",
            ArchivingStatus.class);

    assertThat(status.state()).isEqualTo(ArchivingStatus.State.Unknown);
    assertThat(status.lagBytes()).isEqualTo(3);
    assertThat(status.durableLsn()).isNull();
  }

  @Test
  @DisplayName("of a newer version are refused, with what to do")
  void newer() {
    assertThatThrownBy(
            () -> ContractJson.read("{\"version\":2,\"requestId\":\"a\"}", BackupRequest.class))
        .isInstanceOf(ContractException.class)
        .hasMessageContaining("version 2")
        .hasMessageContaining("Use a program that is as new");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "\"text\"", "{", "{\"version\":{}}x", "<html>"})
  @DisplayName("that are none are refused")
  void garbage(String text) {
    assertThatThrownBy(() -> ContractJson.read(text, FlushResult.class))
        .isInstanceOf(ContractException.class);
  }
}
