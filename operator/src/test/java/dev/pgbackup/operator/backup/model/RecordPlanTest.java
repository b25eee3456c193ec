package dev.pgbackup.operator.backup.model;

import static dev.pgbackup.operator.fakes.AgentStatuses.NOW;
import static dev.pgbackup.operator.fakes.AgentStatuses.document;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.crds.backup.BackupPhase;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.backup.PgBackupSpec;
import dev.pgbackup.crds.common.PolicyRef;
import dev.pgbackup.operator.fakes.Manifests;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("C14 Records of backups")
class RecordPlanTest {

  private static final String ONE = "20261120T020000Z-0001";
  private static final String TWO = "20261121T020000Z-0002";

  private static RecordPlan plan(List<PgBackup> objects, BackupDocument... published) {
    return RecordPlan.of(Manifests.policy(), objects, List.of(published), NOW);
  }

  private static PgBackup request(String name) {
    PgBackup request = new PgBackup();
    request.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("shop").build());
    request.setSpec(new PgBackupSpec(new PolicyRef("master")));
    return request;
  }

  @Test
  @DisplayName("are made for every backup in the bucket")
  void rebuilt() {
    RecordPlan plan = plan(List.of(), document(TWO, "Scheduled"), document(ONE, "Initial"));
    assertThat(plan.create())
        .extracting(b -> b.getMetadata().getName())
        .containsExactly("master-20261121t020000z-0002", "master-20261120t020000z-0001");
    assertThat(plan.create().get(0).getStatus().phase()).isEqualTo(BackupPhase.Completed);
    assertThat(plan.create().get(0).getStatus().size()).isEqualTo("1.5Gi");
    assertThat(plan.create().get(0).getStatus().storedSize()).isEqualTo("210Mi");
    assertThat(plan.complete()).isTrue();
  }

  @Test
  @DisplayName("are left alone when they say what is the case")
  void settled() {
    List<PgBackup> records = plan(List.of(), document(ONE, "Initial")).create();
    RecordPlan plan = plan(records, document(ONE, "Initial"));
    assertThat(plan.create()).isEmpty();
    assertThat(plan.update()).isEmpty();
    assertThat(plan.delete()).isEmpty();
  }

  @Test
  @DisplayName("go with their backup")
  void pruned() {
    List<PgBackup> records = plan(List.of(), document(ONE, "Initial")).create();
    assertThat(plan(records, document(TWO, "Scheduled")).delete())
        .containsExactlyElementsOf(records);
  }

  @Test
  @DisplayName("a request stands for its own backup; there is no second object")
  void request() {
    PgBackup request = request("before-upgrade");
    RecordPlan early = plan(List.of(request), document(ONE, "Manual"));
    assertThat(early.create()).isEmpty();
    assertThat(early.complete()).as("whose backup it is, is told later").isFalse();
    request.setStatus(BackupStatuses.completed(request, document(ONE, "Manual"), NOW));
    RecordPlan late = plan(List.of(request), document(ONE, "Manual"));
    assertThat(late.create()).isEmpty();
    assertThat(late.update()).isEmpty();
    assertThat(late.complete()).isTrue();
  }

  @Test
  @DisplayName(
      "a request that is declared elsewhere expires instead: made again, it would take another backup")
  void declaredElsewhere() {
    PgBackup request = request("before-upgrade");
    request.getMetadata().setAnnotations(Map.of("argocd.argoproj.io/tracking-id", "x"));
    request.setStatus(BackupStatuses.completed(request, document(ONE, "Manual"), NOW));
    RecordPlan plan = plan(List.of(request));
    assertThat(plan.delete()).isEmpty();
    assertThat(plan.update())
        .singleElement()
        .satisfies(b -> assertThat(b.getStatus().phase()).isEqualTo(BackupPhase.Expired));
  }

  @Test
  @DisplayName("no more are kept than the policy says, the newest first")
  void limited() {
    BackupDocument[] many =
        IntStream.range(0, 60)
            .mapToObj(i -> document("20261120T02%02d00Z-0001".formatted(59 - i), "Scheduled"))
            .toArray(BackupDocument[]::new);
    List<PgBackup> created = plan(List.of(), many).create();
    assertThat(created).hasSize(50);
    assertThat(created.get(0).getStatus().backupId()).startsWith("20261120T0259");
    RecordPlan next =
        plan(created, IntStream.range(5, 60).mapToObj(i -> many[i]).toArray(BackupDocument[]::new));
    assertThat(next.delete()).hasSize(5);
    assertThat(next.create()).hasSize(5);
  }
}
