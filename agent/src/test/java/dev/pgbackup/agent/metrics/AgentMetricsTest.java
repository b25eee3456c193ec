package dev.pgbackup.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.engine.store.decorate.StoreOperation;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Metrics")
class AgentMetricsTest {

  private static final String UNKNOWN =
      """
      {"version":1,"agentVersion":"t","startedAt":"2026-11-22T12:00:00Z","configHash":"00",
       "archiving":{"state":"Connecting"},"ready":false}
      """;

  private static final String KNOWN =
      """
      {"version":1,"agentVersion":"t","startedAt":"2026-11-22T12:00:00Z","configHash":"00",
       "archiving":{"state":"Streaming","durableLSN":"1/10","lagBytes":5,"retainedBytes":7,
                    "lastDurableTime":"2026-11-22T12:00:00Z"},
       "recoveryWindows":[{"timeline":1,"from":"2026-11-22T12:00:00Z","fromLSN":"0/1","toLSN":"0/2",
                           "contiguous":true}],
       "firstRecoverabilityPoint":"2026-11-22T12:00:00Z",
       "latestRestorableTime":"2026-11-22T12:00:01.500Z",
       "lastBackup":{"backupId":"b","origin":"Manual","completedAt":"2026-11-22T12:00:00Z",
                     "bytes":9,"storedBytes":8,"durationSeconds":6},
       "ready":true}
      """;

  private final AgentMetrics metrics = new AgentMetrics();

  @Test
  @DisplayName("are absent while they are not known, never 0")
  void absent() {
    String page = page(UNKNOWN);

    assertThat(page)
        .doesNotContain("pgbackup_wal_")
        .doesNotContain("pgbackup_slot_")
        .doesNotContain("pgbackup_latest_")
        .doesNotContain("pgbackup_first_")
        .doesNotContain("pgbackup_window_")
        .doesNotContain("pgbackup_base_last")
        .doesNotContain("pgbackup_base_bytes")
        .contains("pgbackup_ready 0.0");
  }

  @Test
  @DisplayName("have the names that dashboards and alerts are made for")
  void known() {
    String page = page(KNOWN);

    assertThat(page.lines())
        .contains(
            "pgbackup_wal_durable_lsn_bytes 4.294967312E9",
            "pgbackup_wal_lag_bytes 5.0",
            "pgbackup_slot_retained_bytes 7.0",
            "pgbackup_latest_restorable_timestamp_seconds 1.7953488015E9",
            "pgbackup_first_recoverability_timestamp_seconds 1.7953488E9",
            "pgbackup_window_contiguous 1.0",
            "pgbackup_base_last_success_timestamp_seconds 1.7953488E9",
            "pgbackup_base_duration_seconds 6.0",
            "pgbackup_base_bytes 9.0",
            "pgbackup_base_stored_bytes 8.0",
            "pgbackup_ready 1.0",
            "pgbackup_archiving_state{state=\"Streaming\"} 1.0",
            "pgbackup_archiving_state{state=\"Lagging\"} 0.0",
            "pgbackup_upload_errors_total 0.0")
        .anyMatch(line -> line.matches("pgbackup_wal_lag_seconds [0-9.E]+"));
  }

  @Test
  @DisplayName("disappear again when they are no longer known")
  void forgotten() {
    page(KNOWN);

    assertThat(page(UNKNOWN)).doesNotContain("pgbackup_wal_lag_bytes");
    assertThat(page(KNOWN)).contains("pgbackup_wal_lag_bytes 5.0");
  }

  @Test
  @DisplayName("count what the store was asked and what failed")
  void store() {
    metrics.store().called(StoreOperation.Put, true, Duration.ofMillis(5));
    metrics.store().called(StoreOperation.Put, false, Duration.ofMillis(5));
    metrics.store().called(StoreOperation.Get, false, Duration.ofMillis(5));
    metrics.store().sent(100);

    assertThat(page(UNKNOWN).lines())
        .contains(
            "pgbackup_upload_errors_total 1.0",
            "pgbackup_store_errors_total{operation=\"get\"} 1.0",
            "pgbackup_store_sent_bytes_total 100.0",
            "pgbackup_store_calls_seconds_count{operation=\"put\"} 2");
  }

  private String page(String status) {
    return metrics.page(ContractJson.read(status, AgentStatus.class));
  }
}
